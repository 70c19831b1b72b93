using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>Gradients of each tile while it is in a cache. Those of scale and shift are gathered per range of blocks and merged in their order.</summary>
internal readonly unsafe struct GroupNormBackward(
    WorkerPool pool,
    GroupNormPlan plan,
    int blocks,
    float* x,
    double* mean,
    double* inverse,
    float* scale,
    float* dy,
    float* dx,
    float* dscale,
    float* dshift
) : ILanesAction
{
    // Enough for every machine, few enough to merge.
    private const int MostRanges = 32;

    private const int RangeValues = 8192;

    public void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int channels = plan.Shape.Channels;
        int perRange = Math.Max(
            (blocks + MostRanges - 1) / MostRanges,
            Math.Max(1, RangeValues / Math.Max(1, plan.Shape.Count / plan.Tiles))
        );
        int ranges = (blocks + perRange - 1) / perRange;
        nuint values = (nuint)ranges * (nuint)channels;
        double* partials = (double*)pool.Scratch(2 * values * sizeof(double));
        new Span<double>(partials, checked((int)(2 * values))).Clear();
        var work = new Ranges<TLanes, TVec>(this, partials, partials + values, perRange);
        pool.For(checked(ranges * plan.Tiles), ref work);
        Merge(partials, ranges, dscale);
        Merge(partials + values, ranges, dshift);
    }

    private void Merge(double* partials, int ranges, float* gradient)
    {
        int channels = plan.Shape.Channels;
        for (int c = 0; c < channels; c++)
        {
            double sum = 0;
            for (int range = 0; range < ranges; range++)
                sum += partials[((nint)range * channels) + c];
            gradient[c] = (float)sum;
        }
    }

    private void Range<TLanes, TVec>(int range, int perRange, int tile, double* scales, double* shifts)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint own = (nint)range * plan.Shape.Channels;
        int end = Math.Min((range + 1) * perRange, blocks);
        for (int block = range * perRange; block < end; block++)
            Tile<TLanes, TVec>(block, tile, scales + own, shifts + own);
    }

    private void Tile<TLanes, TVec>(int block, int tile, double* scales, double* shifts)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        const int most = GroupNormPlan.MostLocal;
        float* memory = stackalloc float[GroupColumns.Floats + (2 * most)];
        double* sums = stackalloc double[2 * most];
        float* means = memory + GroupColumns.Floats;
        float* slopes = means + most;
        var known = new GroupColumns(memory);
        int groups = plan.GroupsOf(tile);
        nint statistics = ((nint)block * plan.Shape.Groups) + (tile * plan.GroupsOfTile);
        for (int g = 0; g < groups; g++)
            known.Set(plan, g, mean[statistics + g], inverse[statistics + g]);
        new Span<double>(sums, 2 * most).Clear();
        var gather = new GroupGradientSums(x, dy, known, scale, scales, shifts, sums, sums + most);
        GroupNormSweep.Run<GroupGradientSums, TLanes, TVec>(plan, block, tile, gather);
        for (int g = 0; g < groups; g++)
        {
            GroupColumns.Fill(means, plan, g, (float)(GroupColumns.Sum(sums, plan, g) / plan.ValuesOfGroup));
            GroupColumns.Fill(slopes, plan, g, (float)(GroupColumns.Sum(sums + most, plan, g) / plan.ValuesOfGroup));
        }

        var give = new GroupInputGradient(x, dy, known, scale, means, slopes, dx);
        GroupNormSweep.Run<GroupInputGradient, TLanes, TVec>(plan, block, tile, give);
    }

    private int Tiles => plan.Tiles;

    private readonly struct Ranges<TLanes, TVec>(GroupNormBackward pass, double* scales, double* shifts, int perRange)
        : IChunkWork
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        public void Run(int chunk)
        {
            (int range, int tile) = Math.DivRem(chunk, pass.Tiles);
            pass.Range<TLanes, TVec>(range, perRange, tile, scales, shifts);
        }
    }
}
