using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Statistics and normalisation of each tile while it is in a cache: means first, in double precision, then squared distances from them,
/// so that nothing cancels.
/// </summary>
internal readonly unsafe struct GroupNormForward<TAct, TResidual>(
    WorkerPool pool,
    GroupNormPlan plan,
    TAct act,
    TResidual residual,
    GroupParameters parameters,
    GroupStatistics statistics,
    float* x,
    float* y
) : ILanesAction
    where TAct : struct, IActivation
    where TResidual : struct, IResidual
{
    private const int ChunkValues = 8192;

    public void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        long pieces = (long)plan.Blocks * plan.Tiles;
        int perChunk = Math.Max(1, ChunkValues / Math.Max(1, plan.Shape.Count / plan.Tiles));
        var work = new Pieces<TLanes, TVec>(this, pieces, perChunk);
        pool.For(checked((int)((pieces + perChunk - 1) / perChunk)), ref work);
    }

    [SkipLocalsInit]
    private void Tile<TLanes, TVec>(long block, int tile)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* memory = stackalloc float[GroupColumns.Floats];
        double* sums = stackalloc double[GroupNormPlan.MostLocal];
        var known = new GroupColumns(memory);
        int groups = plan.GroupsOf(tile);
        GroupStatistics own = statistics.Of(plan, block, tile);
        new Span<double>(sums, groups * plan.LocalWidth).Clear();
        GroupNormSweep.Run<GroupSums, TLanes, TVec>(plan, block, tile, new(x, sums));
        for (int g = 0; g < groups; g++)
        {
            own.Mean[g] = GroupColumns.Sum(sums, plan, g) / plan.ValuesOfGroup;
            GroupColumns.Fill(known.Center, plan, g, (float)own.Mean[g]);
        }

        new Span<double>(sums, groups * plan.LocalWidth).Clear();
        GroupNormSweep.Run<GroupSquares, TLanes, TVec>(plan, block, tile, new(x, known.Center, sums));
        for (int g = 0; g < groups; g++)
        {
            double m = own.Mean[g],
                off = m - (float)m;
            double variance = (GroupColumns.Sum(sums, plan, g) / plan.ValuesOfGroup) - (off * off);
            own.Inverse[g] = 1 / Math.Sqrt(Math.Max(variance, 0) + parameters.Epsilon);
            known.Set(plan, g, m, own.Inverse[g]);
        }

        var give = new GroupNormalize<TAct, TResidual>(act, residual, parameters, known, x, y);
        GroupNormSweep.Run<GroupNormalize<TAct, TResidual>, TLanes, TVec>(plan, block, tile, give);
    }

    private readonly struct Pieces<TLanes, TVec>(GroupNormForward<TAct, TResidual> pass, long pieces, int perChunk)
        : IChunkWork
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        public void Run(int chunk)
        {
            long end = Math.Min(((long)chunk + 1) * perChunk, pieces);
            for (long piece = (long)chunk * perChunk; piece < end; piece++)
            {
                (long block, long tile) = Math.DivRem(piece, pass.Tiles);
                pass.Tile<TLanes, TVec>(block, (int)tile);
            }
        }
    }

    private int Tiles => plan.Tiles;
}

/// <summary>
/// Gradients of each tile while it is in a cache. Those of scale and shift are gathered per range of blocks and merged in their order.
/// Where the first sweep keeps the gradient before the activation, that of a residual, the second reads it again.
/// </summary>
internal readonly unsafe struct GroupNormBackward<TAct, TSink>(
    WorkerPool pool,
    GroupNormPlan plan,
    TAct act,
    GroupParameters parameters,
    GroupStatistics statistics,
    GroupMatrices matrices,
    GroupGradients gradients
) : ILanesAction
    where TAct : struct, IActivation
    where TSink : struct, IGradientSink
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
            (plan.Blocks + MostRanges - 1) / MostRanges,
            Math.Max(1, RangeValues / Math.Max(1, plan.Shape.Count / plan.Tiles))
        );
        int ranges = (plan.Blocks + perRange - 1) / perRange;
        nuint values = (nuint)ranges * (nuint)channels;
        using Scratch lent = pool.Scratch(2 * values * sizeof(double));
        double* partials = (double*)lent.Pointer;
        new Span<double>(partials, checked((int)(2 * values))).Clear();
        var work = new Ranges<TLanes, TVec>(this, partials, partials + values, perRange);
        pool.For(checked(ranges * plan.Tiles), ref work);
        PartialSums.Merge(partials, ranges, new Span<float>(gradients.Dscale, channels));
        PartialSums.Merge(partials + values, ranges, new Span<float>(gradients.Dshift, channels));
    }

    private void Range<TLanes, TVec>(int range, int perRange, int tile, double* scales, double* shifts)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint row = (nint)range * plan.Shape.Channels;
        int end = Math.Min((range + 1) * perRange, plan.Blocks);
        for (int block = range * perRange; block < end; block++)
            Tile<TLanes, TVec>(block, tile, scales + row, shifts + row);
    }

    [SkipLocalsInit]
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
        GroupStatistics own = statistics.Of(plan, block, tile);
        for (int g = 0; g < groups; g++)
            known.Set(plan, g, own.Mean[g], own.Inverse[g]);
        new Span<double>(sums, groups * plan.LocalWidth).Clear();
        new Span<double>(sums + most, groups * plan.LocalWidth).Clear();
        var gather = new GroupGradientSums<TAct, TSink>(
            act,
            parameters,
            known,
            matrices,
            scales,
            shifts,
            sums,
            sums + most
        );
        GroupNormSweep.Run<GroupGradientSums<TAct, TSink>, TLanes, TVec>(plan, block, tile, gather);
        for (int g = 0; g < groups; g++)
        {
            GroupColumns.Fill(means, plan, g, (float)(GroupColumns.Sum(sums, plan, g) / plan.ValuesOfGroup));
            GroupColumns.Fill(slopes, plan, g, (float)(GroupColumns.Sum(sums + most, plan, g) / plan.ValuesOfGroup));
        }

        if (typeof(TSink) == typeof(SumsOnly))
            Give<TAct, TLanes, TVec>(block, tile, new(act, parameters, known, matrices, means, slopes, gradients.Dx));
        else
            Give<Identity, TLanes, TVec>(
                block,
                tile,
                new(default, parameters, known, matrices.Kept, means, slopes, gradients.Dx)
            );
    }

    private void Give<TLater, TLanes, TVec>(int block, int tile, GroupInputGradient<TLater> task)
        where TLater : struct, IActivation
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => GroupNormSweep.Run<GroupInputGradient<TLater>, TLanes, TVec>(plan, block, tile, task);

    private int Tiles => plan.Tiles;

    private readonly struct Ranges<TLanes, TVec>(
        GroupNormBackward<TAct, TSink> pass,
        double* scales,
        double* shifts,
        int perRange
    ) : IChunkWork
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
