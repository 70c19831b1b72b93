namespace Evenkeel.Cli.Tests.Support;

/// <summary>Files of the repository that tests read.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Evenkeel.slnx")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
