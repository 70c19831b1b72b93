using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Norm;

/// <summary>What is done with the values of a register.</summary>
internal interface IGroupTask
{
    /// <param name="at">Place among all values.</param>
    /// <param name="column">Channel.</param>
    /// <param name="local">Local column.</param>
    void Run<TLanes, TVec>(nint at, nint column, nint local)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Visits the values of a tile, position by position.</summary>
internal static class GroupNormSweep
{
    public static void Run<TTask, TLanes, TVec>(in GroupNormPlan plan, long block, int tile, TTask task)
        where TTask : struct, IGroupTask
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int groups = plan.GroupsOf(tile),
            first = tile * plan.GroupsOfTile * plan.Width,
            columns = groups * plan.Width,
            local = groups * plan.LocalWidth;
        nint row = ((nint)block * plan.Shape.Count) + first;
        for (int position = 0; position < plan.Shape.Positions; position++, row += plan.Shape.Channels)
        {
            for (int done = 0; done < columns; done += local)
                Segment<TTask, TLanes, TVec>(task, row + done, first + done, Math.Min(local, columns - done));
        }
    }

    private static void Segment<TTask, TLanes, TVec>(TTask task, nint at, nint column, int count)
        where TTask : struct, IGroupTask
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int i = 0;
        for (; i + TLanes.Count <= count; i += TLanes.Count)
            task.Run<TLanes, TVec>(at + i, column + i, i);
        for (; i < count; i++)
            task.Run<Lanes1, float>(at + i, column + i, i);
    }
}
