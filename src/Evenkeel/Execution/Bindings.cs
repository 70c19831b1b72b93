using Evenkeel.Graphs;
using Evenkeel.Kernels.Storage;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Execution;

/// <summary>
/// What the steps of a plan share with the host: a model's tensors, and the gradients of its trainable parameters. A program whose memory
/// is elsewhere reads them when it runs and writes back what its steps change.
/// </summary>
internal sealed class Bindings
{
    private readonly ModelMemory _model;

    /// <summary>Checks that the plan is one of the model, and allocates gradients and optimiser values where it trains.</summary>
    /// <exception cref="GraphException">The plan was built of another network than the model's.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    /// <param name="plan">The plan.</param>
    /// <param name="model">The model.</param>
    /// <param name="optimizer">What another program of the plan keeps for both; null for values of its own.</param>
    public Bindings(ExecutionPlan plan, Model model, OptimizerValues? optimizer = null)
    {
        foreach (TensorPlace place in plan.Layout.Tensors)
            RequireTensor(model.Layout, place);
        _model = model.Memory;
        if (plan.Options.Mode == PlanMode.Training)
            Gradients = new MemoryBlock(plan.Layout.TrainableBytes);
        Optimizer = optimizer ?? new OptimizerValues(plan.Options.Update, plan.Layout);
    }

    /// <summary>Gradients of all trainable parameters; null where the plan does not train.</summary>
    public MemoryBlock? Gradients { get; }

    /// <summary>What the update rule keeps; empty where the plan updates nothing.</summary>
    public OptimizerValues Optimizer { get; }

    /// <summary>Where the host keeps a buffer; null for one that is the program's or the caller's.</summary>
    public (MemoryBlock Block, long Offset)? Place(BufferInfo buffer) =>
        buffer.Region switch
        {
            Region.Parameter => (_model.Parameters, buffer.Home),
            Region.State => (_model.State, buffer.Home),
            Region.Gradient => (Gradients!, buffer.Home),
            Region.Optimizer => (Optimizer.Memory, buffer.Home),
            _ => null,
        };

    // Addresses are computed once, so a plan of another layout would reach outside the model's memory.
    private static void RequireTensor(TensorLayout model, TensorPlace planned)
    {
        TensorSpec wanted = planned.Tensor.Spec,
            found = model[planned.Tensor.Name].Tensor.Spec;
        if (
            found.Count != wanted.Count
            || found.Type != wanted.Type
            || found.Trainable != wanted.Trainable
            || model[planned.Tensor.Name].ByteOffset != planned.ByteOffset
        )
        {
            throw new GraphException(
                $"The plan's '{planned.Tensor.Name}' ({wanted.Count} values) does not fit the model's ({found.Count} values, "
                    + $"{(found.Trainable ? "" : "not ")}trainable); build the plan from the model's network."
            );
        }
    }
}
