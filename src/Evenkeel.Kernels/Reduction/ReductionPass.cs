using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Reduction;

/// <summary>What is done for some columns of the runs of one result, or of one result each.</summary>
internal unsafe interface IReductionTask
{
    /// <param name="plan">The tables.</param>
    /// <param name="values">Offset of the first run's first column among all values.</param>
    /// <param name="results">Offset of the first result.</param>
    /// <param name="columns">Columns: results, or values of the runs of one result.</param>
    void Run<TLanes, TVec>(ReductionPlan plan, nint values, nint results, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Spreads a task over examples, results and blocks of columns. Every result is one thread's, so its bits do not depend on their number.</summary>
internal readonly struct ReductionPass<TTask>(WorkerPool pool, ReductionPlan plan, int examples, TTask task)
    : ILanesAction
    where TTask : struct, IReductionTask
{
    /// <summary>Most columns of a block: what is gathered of them stays in the nearest cache.</summary>
    public const int MostColumns = 256;

    private const int ChunkValues = 8192;

    private readonly ReductionPlan _plan = plan;
    private readonly TTask _task = task;

    public void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int blocks = _plan.KeepsRun ? (_plan.Run + MostColumns - 1) / MostColumns : 1;
        long pieces = (long)examples * _plan.Kept.Length * blocks;
        int perChunk = (int)Math.Max(1, ChunkValues / Math.Max(1, (long)_plan.Values / _plan.Kept.Length / blocks));
        var work = new Pieces<TLanes, TVec>(_plan, _task, pieces, blocks, perChunk);
        pool.For(checked((int)((pieces + perChunk - 1) / perChunk)), ref work);
    }

    private readonly struct Pieces<TLanes, TVec>(ReductionPlan plan, TTask task, long pieces, int blocks, int perChunk)
        : IChunkWork
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        public void Run(int chunk)
        {
            long end = Math.Min(((long)chunk + 1) * perChunk, pieces);
            for (long piece = (long)chunk * perChunk; piece < end; piece++)
            {
                (long line, long block) = Math.DivRem(piece, blocks);
                (long example, long kept) = Math.DivRem(line, plan.Kept.Length);
                int column = (int)block * MostColumns,
                    columns = plan.KeepsRun ? Math.Min(MostColumns, plan.Run - column) : plan.Run;
                nint values = ((nint)example * plan.Values) + plan.Kept[kept] + column;
                task.Run<TLanes, TVec>(plan, values, ((nint)line * plan.ResultsOfRun) + column, columns);
            }
        }
    }
}
