using System.Collections.Immutable;

namespace Evenkeel.Lowering;

/// <summary>
/// One kernel call of a plan, as data: which layer it serves and which buffers it reads and writes. What is kept alive, and for
/// how long, follows from these lists alone. A device says how each type of step runs.
/// </summary>
/// <param name="Layer">Name of the layer served.</param>
/// <param name="Reads">Buffers read.</param>
/// <param name="Writes">Buffers overwritten; one that is also read is accumulated into.</param>
internal abstract record Step(string Layer, ImmutableArray<BufferId> Reads, ImmutableArray<BufferId> Writes)
{
    /// <summary>The kernel's name, as printed in plans.</summary>
    public string Kernel => GetType().Name;

    /// <summary>Multiplications and additions of the products that the step is made of, for a batch; 0 where it only goes through its values.</summary>
    public virtual double Operations(int batch) => 0;
}

/// <summary>Target += Source: joins the gradients of a value with several readers, or of a tensor that several layers use.</summary>
internal sealed record AccumulateGradient(string Layer, BufferId Source, BufferId Target)
    : Step(Layer, [Source, Target], [Target]);

/// <summary>A part of a plan's steps, in the order in which they run.</summary>
internal enum Section
{
    /// <summary>From the inputs to the outputs and the loss.</summary>
    Forward,

    /// <summary>From the loss to the gradients.</summary>
    Backward,

    /// <summary>From the gradients to the parameters.</summary>
    Update,

    /// <summary>From the batch's statistics to the running ones.</summary>
    Commit,
}
