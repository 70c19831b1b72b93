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

/// <summary>dx = a number times dy of the sum that x belongs to.</summary>
internal readonly unsafe struct SpreadTask(float scale, float* dy, float* dx) : IReductionTask
{
    public void Run<TLanes, TVec>(ReductionPlan plan, nint values, nint results, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        foreach (int place in plan.Reduced)
        {
            float* run = dx + values + place;
            if (plan.KeepsRun)
                Scale<TLanes, TVec>(dy + results, run, columns);
            else
                new Span<float>(run, columns).Fill(scale * dy[results]);
        }
    }

    private void Scale<TLanes, TVec>(float* from, float* to, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int c = 0;
        for (TVec factor = TLanes.Splat(scale); c + TLanes.Count <= columns; c += TLanes.Count)
            TLanes.Store(to + c, TLanes.Multiply(factor, TLanes.Load(from + c)));
        for (; c < columns; c++)
            to[c] = scale * from[c];
    }
}

/// <summary>dx = dy where x is the chosen value, shared evenly among equal ones; 0 elsewhere.</summary>
internal readonly unsafe struct ChosenTask<TChoice>(float* x, float* y, float* dy, float* dx) : IReductionTask
    where TChoice : struct, IChoice
{
    public void Run<TLanes, TVec>(ReductionPlan plan, nint values, nint results, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        if (plan.KeepsRun)
            OneEach<TLanes, TVec>(plan, values, results, columns);
        else
            OneOfAll<TLanes, TVec>(plan, values, y[results], dy[results], columns);
    }

    private void OneEach<TLanes, TVec>(ReductionPlan plan, nint values, nint results, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int c = 0;
        for (; c + TLanes.Count <= columns; c += TLanes.Count)
            Columns<TLanes, TVec>(plan, values + c, results + c);
        for (; c < columns; c++)
            Columns<Lanes1, float>(plan, values + c, results + c);
    }

    private void Columns<TLanes, TVec>(ReductionPlan plan, nint values, nint results)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec best = TLanes.Load(y + results),
            equal = TLanes.Zero;
        foreach (int place in plan.Reduced)
            equal = TLanes.Add(equal, TChoice.IsBest<TLanes, TVec>(TLanes.Load(x + values + place), best));
        TVec share = TLanes.Divide(TLanes.Load(dy + results), equal);
        foreach (int place in plan.Reduced)
            Give<TLanes, TVec>(values + place, best, share);
    }

    private void OneOfAll<TLanes, TVec>(ReductionPlan plan, nint values, float best, float gradient, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float equal = 0;
        foreach (int place in plan.Reduced)
        {
            for (int c = 0; c < columns; c++)
                equal += TChoice.IsBest<Lanes1, float>(x[values + place + c], best);
        }

        float share = gradient / equal;
        foreach (int place in plan.Reduced)
        {
            int c = 0;
            for (; c + TLanes.Count <= columns; c += TLanes.Count)
                Give<TLanes, TVec>(values + place + c, TLanes.Splat(best), TLanes.Splat(share));
            for (; c < columns; c++)
                Give<Lanes1, float>(values + place + c, best, share);
        }
    }

    private void Give<TLanes, TVec>(nint at, TVec best, TVec share)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged =>
        TLanes.Store(dx + at, TLanes.Multiply(share, TChoice.IsBest<TLanes, TVec>(TLanes.Load(x + at), best)));
}
