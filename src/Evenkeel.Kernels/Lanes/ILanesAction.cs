namespace Evenkeel.Kernels.Lanes;

/// <summary>A piece of work written once for every vector width; tests run it at each width on one machine.</summary>
internal interface ILanesAction
{
    /// <summary>Runs the work with the given width.</summary>
    void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}
