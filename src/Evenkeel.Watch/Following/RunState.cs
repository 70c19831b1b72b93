namespace Evenkeel.Watch.Following;

/// <summary>What a run is doing, by what lies in its folder.</summary>
internal enum RunState
{
    /// <summary>There is no run in the folder yet.</summary>
    Waiting,

    /// <summary>A process has the folder's lock.</summary>
    Training,

    /// <summary>It ended before its last step.</summary>
    Stopped,

    /// <summary>It reached its end.</summary>
    Done,
}
