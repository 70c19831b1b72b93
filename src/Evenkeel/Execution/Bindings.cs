using Evenkeel.Graphs;
using Evenkeel.Kernels.Storage;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;

namespace Evenkeel.Execution;

/// <summary>
/// What the steps of a plan share with the host: a model's tensors, and the gradients of its trainable parameters. A program whose memory
/// is elsewhere reads them when it runs and writes back what its steps change.
/// </summary>
internal sealed class Bindings
{
    private readonly TensorLayout _layout;
    private readonly ModelMemory _model;

    /// <summary>Checks that the plan is one of the model, and allocates gradients where it trains.</summary>
    /// <exception cref="GraphException">The plan was built of another network than the model's.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public Bindings(ExecutionPlan plan, Model model)
    {
        foreach (BufferInfo buffer in plan.Buffers)
            RequireTensor(model, buffer);
        (_layout, _model) = (model.Layout, model.Memory);
        if (plan.Options.Mode == PlanMode.Training)
            Gradients = new MemoryBlock(_layout.TrainableBytes);
    }

    /// <summary>Gradients of all trainable parameters; null where the plan does not train.</summary>
    public MemoryBlock? Gradients { get; }

    /// <summary>Where the host keeps a buffer; null for one that is the program's or the caller's.</summary>
    public (MemoryBlock Block, long Offset)? Place(BufferInfo buffer)
    {
        switch (buffer.Region)
        {
            case Region.Parameter or Region.State:
                TensorPlace tensor = _layout[buffer.Name];
                return (_model.BlockOf(tensor), tensor.ByteOffset);
            case Region.Gradient:
                return (Gradients!, _layout[buffer.Name["d ".Length..]].ByteOffset);
            default:
                return null;
        }
    }

    // Addresses are computed once, so a plan of other sizes would reach outside the model's memory.
    private static void RequireTensor(Model model, BufferInfo buffer)
    {
        bool gradient = buffer.Region == Region.Gradient;
        if (!gradient && buffer.Region is not (Region.Parameter or Region.State))
            return;
        TensorSpec tensor = model.Layout[gradient ? buffer.Name["d ".Length..] : buffer.Name].Tensor.Spec;
        if (tensor.Count != buffer.Fixed || tensor.Type != buffer.Type || (gradient && !tensor.Trainable))
        {
            throw new GraphException(
                $"The plan's '{buffer.Name}' ({buffer.Fixed} values) does not fit the model's ({tensor.Count} values, "
                    + $"{(tensor.Trainable ? "" : "not ")}trainable); build the plan of the model's own network."
            );
        }
    }
}
