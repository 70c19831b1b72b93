namespace Evenkeel.Runs.Files;

/// <summary>Where the checkpoints of a run lie in its folder.</summary>
internal static class RunCheckpoints
{
    /// <summary>The folder of all checkpoints.</summary>
    public static string Folder(string run) => Path.Combine(run, "checkpoints");

    /// <summary>The newest state, from which a run goes on.</summary>
    public static string Last(string run) => Path.Combine(Folder(run), "last.safetensors");

    /// <summary>The state of best accuracy.</summary>
    public static string Best(string run) => Path.Combine(Folder(run), "best.safetensors");

    /// <summary>The checkpoint that a run's folder stands for: that of best accuracy, else the newest; null where there is none.</summary>
    public static string? Find(string run) => new[] { Best(run), Last(run) }.FirstOrDefault(File.Exists);
}
