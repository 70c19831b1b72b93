using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>What is done with the filter of a cut.</summary>
internal interface IWinogradAction<TVec>
    where TVec : unmanaged
{
    /// <summary>Does it.</summary>
    void Run<TFilter>()
        where TFilter : struct, IWinogradFilter<TVec>;
}

/// <summary>The filters at one vector width.</summary>
internal static class WinogradFilters<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>Runs <paramref name="action"/> with the filter of a cut.</summary>
    public static void Run<TAction>(in WinogradCut cut, in TAction action)
        where TAction : struct, IWinogradAction<TVec>
    {
        // Kernels of more than three taps are few, and not worth code of their own for even edges.
        if (cut.Taps == 5)
            action.Run<SixPointFilter<TVec, TLanes, UnevenEdges, FiveTaps>>();
        else if (cut.Taps == 4)
            action.Run<SixPointFilter<TVec, TLanes, UnevenEdges, FourTaps>>();
        else if (cut.AreEven)
            Run<TAction, EvenEdges>(cut, action);
        else
            Run<TAction, UnevenEdges>(cut, action);
    }

    private static void Run<TAction, TEdges>(in WinogradCut cut, in TAction action)
        where TAction : struct, IWinogradAction<TVec>
        where TEdges : struct, IWinogradEdges
    {
        if (cut.Window == 6)
            action.Run<SixPointFilter<TVec, TLanes, TEdges, ThreeTaps>>();
        else
            action.Run<FourPointFilter<TVec, TLanes, TEdges>>();
    }
}
