using Evenkeel.Graphs;
using Evenkeel.Kernels.Storage;
using Evenkeel.Kernels.Threading;
using Evenkeel.Layers;
using Evenkeel.Planning;

namespace Evenkeel.Execution;

/// <summary>The memory that a plan runs over, bound to its buffers: a model's tensors, and activations and gradients of its own.</summary>
internal sealed class PlanMemory
{
    private readonly ExecutionPlan _plan;
    private readonly TensorLayout _layout;
    private readonly ModelMemory _model;

    /// <summary>Allocates and binds.</summary>
    /// <exception cref="GraphException">The plan was built of another network than the model's.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed of.</exception>
    public PlanMemory(ExecutionPlan plan, Model model, WorkerPool pool, PackedWeights? packed)
    {
        foreach (BufferInfo buffer in plan.Buffers)
            RequireTensor(model, buffer);
        (_plan, _layout, _model) = (plan, model.Layout, model.Memory);
        Activations = new MemoryBlock(plan.ActivationBytes);
        if (plan.Options.Mode == PlanMode.Training)
            Gradients = new MemoryBlock(_layout.TrainableBytes);
        Context = new CpuContext(plan, pool, packed);
        for (int i = 0; i < plan.Buffers.Length; i++)
        {
            if (Place(i) is { } place)
                Context.Bind(i, place.Block, place.Offset);
        }
    }

    /// <summary>What the plan's steps make.</summary>
    public MemoryBlock Activations { get; }

    /// <summary>Gradients of all trainable parameters; null where the plan does not train.</summary>
    public MemoryBlock? Gradients { get; }

    /// <summary>What steps see.</summary>
    public CpuContext Context { get; }

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

    private (MemoryBlock Block, long Offset)? Place(int buffer)
    {
        BufferInfo info = _plan.Buffers[buffer];
        switch (info.Region)
        {
            case Region.Parameter or Region.State:
                TensorPlace tensor = _layout[info.Name];
                return (_model.BlockOf(tensor), tensor.ByteOffset);
            case Region.Gradient:
                return (Gradients!, _layout[info.Name["d ".Length..]].ByteOffset);
            case Region.Activation when info.View is { } view:
                (MemoryBlock block, long offset) = Place(view.Base)!.Value;
                return (block, offset + (view.Offset * BufferInfo.SizeOf(info.Type)));
            case Region.Activation when _plan.Offsets[buffer] >= 0:
                return (Activations, _plan.Offsets[buffer]);
            default:
                return null;
        }
    }
}
