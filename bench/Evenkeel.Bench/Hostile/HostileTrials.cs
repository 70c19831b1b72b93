namespace Evenkeel.Bench.Hostile;

/// <summary>All trials, by kind.</summary>
internal static class HostileTrials
{
    public static IReadOnlyList<HostileTrial> All { get; } =
    [
        .. StreamTrials.All,
        .. BombTrials.Archives,
        .. BombTrials.Images,
        .. BombTrials.Models,
        .. PipeTrials.All,
        .. NameTrials.All,
        .. OutputTrials.All,
        .. SizeTrials.All,
        .. WordTrials.All,
        .. FolderTrials.All,
        .. LibraryTrials.All,
        .. PoorTrials.All,
    ];
}
