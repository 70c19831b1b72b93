using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Reduction;

/// <summary>y = the values of x that belong to it, reduced to one.</summary>
internal readonly unsafe struct ReduceTask<TReduction>(TReduction reduction, float* x, float* y) : IReductionTask
    where TReduction : struct, IReduction
{
    public void Run<TLanes, TVec>(ReductionPlan plan, nint values, nint results, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        double* gathered = stackalloc double[ReductionPass<ReduceTask<TReduction>>.MostColumns];
        // Of a run that becomes one value, every so many neighbours are a row of columns.
        int row = plan.KeepsRun ? columns : Math.Min(columns, 4 * TLanes.Count);
        reduction.Clear(gathered, row);
        foreach (int place in plan.Reduced)
        {
            float* run = x + values + place;
            for (int done = 0; done < columns; done += row)
                Add<TLanes, TVec>(gathered, run + done, Math.Min(row, columns - done));
        }

        if (!plan.KeepsRun)
        {
            y[results] = reduction.Together(gathered, row);
            return;
        }

        for (int c = 0; c < columns; c++)
            y[results + c] = reduction.Result(gathered, c);
    }

    private void Add<TLanes, TVec>(double* gathered, float* values, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int c = 0;
        for (; c + TLanes.Count <= columns; c += TLanes.Count)
            reduction.Add<TLanes, TVec>(gathered, c, TLanes.Load(values + c));
        for (; c < columns; c++)
            reduction.Add<Lanes1, float>(gathered, c, values[c]);
    }
}
