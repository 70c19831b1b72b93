using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Statistics and normalisation of each tile while it is in a cache: means first, in double precision, then squared distances from them,
/// so that nothing cancels.
/// </summary>
internal readonly unsafe struct GroupNormForward(
    WorkerPool pool,
    GroupNormPlan plan,
    GroupStatistics statistics,
    double epsilon,
    float* x,
    float* scale,
    float* shift,
    float* y
) : ILanesAction
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

    private void Tile<TLanes, TVec>(long block, int tile)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* memory = stackalloc float[GroupColumns.Floats];
        double* sums = stackalloc double[GroupNormPlan.MostLocal];
        var known = new GroupColumns(memory);
        int groups = plan.GroupsOf(tile);
        GroupStatistics own = statistics.Of(plan, block, tile);
        new Span<double>(sums, GroupNormPlan.MostLocal).Clear();
        GroupNormSweep.Run<GroupSums, TLanes, TVec>(plan, block, tile, new(x, sums));
        for (int g = 0; g < groups; g++)
        {
            own.Mean[g] = GroupColumns.Sum(sums, plan, g) / plan.ValuesOfGroup;
            GroupColumns.Fill(known.Center, plan, g, (float)own.Mean[g]);
        }

        new Span<double>(sums, GroupNormPlan.MostLocal).Clear();
        GroupNormSweep.Run<GroupSquares, TLanes, TVec>(plan, block, tile, new(x, known.Center, sums));
        for (int g = 0; g < groups; g++)
        {
            double m = own.Mean[g],
                off = m - (float)m;
            double variance = (GroupColumns.Sum(sums, plan, g) / plan.ValuesOfGroup) - (off * off);
            own.Inverse[g] = 1 / Math.Sqrt(Math.Max(variance, 0) + epsilon);
            known.Set(plan, g, m, own.Inverse[g]);
        }

        GroupNormSweep.Run<GroupNormalize, TLanes, TVec>(plan, block, tile, new(x, known, scale, shift, y));
    }

    private readonly struct Pieces<TLanes, TVec>(GroupNormForward pass, long pieces, int perChunk) : IChunkWork
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

/// <summary>Gradients of each tile while it is in a cache. Those of scale and shift are gathered per range of blocks and merged in their order.</summary>
internal readonly unsafe struct GroupNormBackward(
    WorkerPool pool,
    GroupNormPlan plan,
    GroupStatistics statistics,
    float* x,
    float* scale,
    float* dy,
    GroupGradients gradients
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
        new Span<double>(sums, 2 * most).Clear();
        var gather = new GroupGradientSums(x, dy, known, scale, scales, shifts, sums, sums + most);
        GroupNormSweep.Run<GroupGradientSums, TLanes, TVec>(plan, block, tile, gather);
        for (int g = 0; g < groups; g++)
        {
            GroupColumns.Fill(means, plan, g, (float)(GroupColumns.Sum(sums, plan, g) / plan.ValuesOfGroup));
            GroupColumns.Fill(slopes, plan, g, (float)(GroupColumns.Sum(sums + most, plan, g) / plan.ValuesOfGroup));
        }

        var give = new GroupInputGradient(x, dy, known, scale, means, slopes, gradients.Dx);
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

/// <summary>What receives the gradients of the input, of the scale and of the shift.</summary>
internal readonly unsafe struct GroupGradients(float* dx, float* dscale, float* dshift)
{
    public float* Dx => dx;

    public float* Dscale => dscale;

    public float* Dshift => dshift;
}

/// <summary>[blocks, groups] each: the mean, and 1 / sqrt(variance + epsilon).</summary>
internal readonly unsafe struct GroupStatistics(double* mean, double* inverse)
{
    /// <summary>Those of the first group of a tile, and behind it of the others.</summary>
    public GroupStatistics Of(in GroupNormPlan plan, long block, int tile)
    {
        nint group = ((nint)block * plan.Shape.Groups) + (tile * plan.GroupsOfTile);
        return new(mean + group, inverse + group);
    }

    public double* Mean => mean;

    public double* Inverse => inverse;
}

/// <summary>Sums of each local column.</summary>
internal readonly unsafe struct GroupSums(float* x, double* sums) : IGroupTask
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TLanes, TVec>(nint at, nint column, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged => TLanes.AddTo(sums + local, TLanes.Load(x + at));
}

/// <summary>Sums of the squared distances from a centre.</summary>
internal readonly unsafe struct GroupSquares(float* x, float* center, double* sums) : IGroupTask
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TLanes, TVec>(nint at, nint column, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged =>
        TLanes.AddSquaresTo(sums + local, TLanes.Subtract(TLanes.Load(x + at), TLanes.Load(center + local)));
}

/// <summary>Normalised values, times the scale, plus the shift.</summary>
internal readonly unsafe struct GroupNormalize(float* x, GroupColumns known, float* scale, float* shift, float* y)
    : IGroupTask
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TLanes, TVec>(nint at, nint column, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec normalized = known.Normalized<TLanes, TVec>(TLanes.Load(x + at), local);
        TLanes.Store(y + at, TLanes.MultiplyAdd(normalized, TLanes.Load(scale + column), TLanes.Load(shift + column)));
    }
}

/// <summary>Sums of gradients: of each channel, for scale and shift, and of each local column, for the input.</summary>
internal readonly unsafe struct GroupGradientSums(
    float* x,
    float* dy,
    GroupColumns known,
    float* scale,
    double* dscale,
    double* dshift,
    double* sums,
    double* products
) : IGroupTask
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TLanes, TVec>(nint at, nint column, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec gradient = TLanes.Load(dy + at),
            normalized = known.Normalized<TLanes, TVec>(TLanes.Load(x + at), local);
        TLanes.AddTo(dshift + column, gradient);
        TLanes.AddTo(dscale + column, TLanes.Multiply(gradient, normalized));
        TVec scaled = TLanes.Multiply(gradient, TLanes.Load(scale + column));
        TLanes.AddTo(sums + local, scaled);
        TLanes.AddTo(products + local, TLanes.Multiply(scaled, normalized));
    }
}

/// <summary>dx = (dy scale - mean of that - normalised x times the mean of their product) / deviation.</summary>
internal readonly unsafe struct GroupInputGradient(
    float* x,
    float* dy,
    GroupColumns known,
    float* scale,
    float* mean,
    float* slope,
    float* dx
) : IGroupTask
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Run<TLanes, TVec>(nint at, nint column, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec normalized = known.Normalized<TLanes, TVec>(TLanes.Load(x + at), local);
        TVec scaled = TLanes.Multiply(TLanes.Load(dy + at), TLanes.Load(scale + column));
        TVec rest = TLanes.MultiplyAdd(normalized, TLanes.Load(slope + local), TLanes.Load(mean + local));
        TLanes.Store(dx + at, TLanes.Multiply(TLanes.Subtract(scaled, rest), known.Inverse<TLanes, TVec>(local)));
    }
}
