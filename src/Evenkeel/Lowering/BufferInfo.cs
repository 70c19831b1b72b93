using Evenkeel.Graphs;

namespace Evenkeel.Lowering;

/// <summary>Where a buffer lives.</summary>
internal enum Region
{
    /// <summary>Memory of the caller, bound for each run: inputs and labels.</summary>
    Bound,

    /// <summary>Learned tensors, owned by the model.</summary>
    Parameter,

    /// <summary>Running statistics, owned by the model.</summary>
    State,

    /// <summary>Gradients of the learned tensors, laid out as the parameters are.</summary>
    Gradient,

    /// <summary>What the optimiser keeps: one or more values for each learned one, each laid out as the parameters are.</summary>
    Optimizer,

    /// <summary>Everything else, placed by liveness.</summary>
    Activation,
}

/// <summary>Some channels of a wider buffer.</summary>
/// <param name="Base">The wider buffer, which has memory of its own.</param>
/// <param name="Offset">First channel.</param>
/// <param name="Stride">Elements from row to row: the wider buffer's channels.</param>
internal sealed record ChannelView(BufferId Base, int Offset, int Stride);

/// <summary>A piece of memory that steps name by its index.</summary>
/// <param name="Name">For people: layer and meaning.</param>
/// <param name="Region">Where it lives.</param>
/// <param name="Type">Element type.</param>
/// <param name="PerExample">Elements for each example of the batch.</param>
/// <param name="Fixed">Elements that do not depend on the batch.</param>
internal sealed record BufferInfo(string Name, Region Region, ElementType Type, int PerExample, int Fixed)
{
    /// <summary>Bytes from the start of its region, which has a layout of its own; 0 for activations, which the plan places.</summary>
    public long Home { get; init; }

    /// <summary>For some channels of another buffer: where they lie. Such a buffer has no memory of its own.</summary>
    public ChannelView? View { get; init; }

    /// <summary>Elements for a batch.</summary>
    public long Elements(int batch) => Fixed + ((long)batch * PerExample);

    /// <summary>Bytes for a batch.</summary>
    public long Bytes(int batch) => Elements(batch) * Type.Bytes();
}
