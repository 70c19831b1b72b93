using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Reduction;

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
