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
            Run<TAction, UnevenEdges, FiveTaps>(cut, action);
        else if (cut.Taps == 4)
            Run<TAction, UnevenEdges, FourTaps>(cut, action);
        else if (cut.AreEven)
            RunThree<TAction, EvenEdges>(cut, action);
        else
            RunThree<TAction, UnevenEdges>(cut, action);
    }

    private static void RunThree<TAction, TEdges>(in WinogradCut cut, in TAction action)
        where TAction : struct, IWinogradAction<TVec>
        where TEdges : struct, IWinogradEdges
    {
        if (cut.Window == 4)
            action.Run<FourPointFilter<TVec, TLanes, TEdges>>();
        else
            Run<TAction, TEdges, ThreeTaps>(cut, action);
    }

    private static void Run<TAction, TEdges, TTaps>(in WinogradCut cut, in TAction action)
        where TAction : struct, IWinogradAction<TVec>
        where TEdges : struct, IWinogradEdges
        where TTaps : struct, IWinogradTaps
    {
        if (cut.Window == 6)
            action.Run<WinogradFilter<TVec, TLanes, TEdges, SixPointMaps<TVec, TLanes, TTaps>>>();
        else
            action.Run<WinogradFilter<TVec, TLanes, TEdges, EightPointMaps<TVec, TLanes, TTaps>>>();
    }
}
