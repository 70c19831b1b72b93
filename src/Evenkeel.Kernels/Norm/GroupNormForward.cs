using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Statistics and normalisation of each tile while it is in a cache: means first, in double precision, then squared distances from them,
/// so that nothing cancels.
/// </summary>
internal readonly unsafe struct GroupNormForward(
    WorkerPool pool,
    GroupNormPlan plan,
    int blocks,
    double epsilon,
    float* x,
    float* scale,
    float* shift,
    float* y,
    double* mean,
    double* inverse
) : ILanesAction
{
    private const int ChunkValues = 8192;

    public void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        long pieces = (long)blocks * plan.Tiles;
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
        nint statistics = ((nint)block * plan.Shape.Groups) + (tile * plan.GroupsOfTile);
        new Span<double>(sums, GroupNormPlan.MostLocal).Clear();
        GroupNormSweep.Run<GroupSums, TLanes, TVec>(plan, block, tile, new(x, sums));
        for (int g = 0; g < groups; g++)
        {
            mean[statistics + g] = GroupColumns.Sum(sums, plan, g) / plan.ValuesOfGroup;
            GroupColumns.Fill(known.Center, plan, g, (float)mean[statistics + g]);
        }

        new Span<double>(sums, GroupNormPlan.MostLocal).Clear();
        GroupNormSweep.Run<GroupSquares, TLanes, TVec>(plan, block, tile, new(x, known.Center, sums));
        for (int g = 0; g < groups; g++)
        {
            double m = mean[statistics + g],
                off = m - (float)m;
            double variance = (GroupColumns.Sum(sums, plan, g) / plan.ValuesOfGroup) - (off * off);
            inverse[statistics + g] = 1 / Math.Sqrt(Math.Max(variance, 0) + epsilon);
            known.Set(plan, g, m, inverse[statistics + g]);
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
