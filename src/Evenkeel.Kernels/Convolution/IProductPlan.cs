using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>One way to multiply the patches of a grid by weights, prepared for one shape.</summary>
internal unsafe interface IProductPlan
{
    /// <summary>Groups that outputs are cut into, by shape alone, so that sums per group do not depend on the threads.</summary>
    int Groups { get; }

    /// <summary>Floats of scratch memory.</summary>
    nuint Floats { get; }

    /// <summary>Takes <see cref="Floats"/> floats at <paramref name="memory"/>, which is aligned to 64 bytes.</summary>
    void Place(float* memory);

    /// <summary>Places of group <paramref name="group"/>.</summary>
    int GroupPlaces(int group, in PatchGrid grid);

    /// <summary>The panels that weights are packed into, tap after tap.</summary>
    WeightPanels Weights { get; }

    /// <summary>Packs the weights by <paramref name="packing"/> and multiplies; <paramref name="bias"/> may be null.</summary>
    void Multiply<TVec, TLanes, TPacking, TEpilogue>(
        WorkerPool pool,
        in PatchGrid grid,
        TPacking packing,
        float* bias,
        TEpilogue epilogue
    )
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
        where TPacking : struct, IChunkWork
        where TEpilogue : struct, ITileEpilogue;
}
