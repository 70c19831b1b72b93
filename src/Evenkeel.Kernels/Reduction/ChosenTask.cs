using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Reduction;

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
