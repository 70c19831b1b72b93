using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>One way to multiply the patches of a grid by weights, prepared for one shape.</summary>
internal unsafe interface IProductPlan
{
    /// <summary>Groups that outputs are cut into, by shape alone, so that sums per group do not depend on the threads.</summary>
    int Groups { get; }

    /// <summary>Floats of packed weights, a multiple of 16; they depend on the shape alone, not on batch or threads.</summary>
    nuint WeightFloats { get; }

    /// <summary>Floats of scratch memory beside the weights.</summary>
    nuint ScratchFloats { get; }

    /// <summary>
    /// Takes <see cref="WeightFloats"/> floats at <paramref name="weights"/> and <see cref="ScratchFloats"/> at <paramref name="scratch"/>, both
    /// aligned to 64 bytes.
    /// </summary>
    void Place(float* weights, float* scratch);

    /// <summary>Positions of group <paramref name="group"/>.</summary>
    int GroupPositions(int group, in PatchGrid grid);

    /// <summary>The panels that weights are packed into, tap after tap.</summary>
    WeightPanels Weights { get; }

    /// <summary>Packs the weights by <paramref name="packing"/>, panel after panel.</summary>
    void Pack<TVec, TLanes, TPacking>(WorkerPool pool, TPacking packing)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
        where TPacking : struct, IChunkWork;

    /// <summary>
    /// Multiplies by weights that were packed, on the calling thread alone where <paramref name="pool"/> is null; the plan is for one thread then.
    /// <paramref name="bias"/> may be null.
    /// </summary>
    void Multiply<TVec, TLanes, TEpilogue>(WorkerPool? pool, in PatchGrid grid, float* bias, TEpilogue epilogue)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
        where TEpilogue : struct, ITileEpilogue;
}
