using System.Runtime.CompilerServices;

namespace Evenkeel.Architecture.Tests;

/// <summary>The repository's files as they lie on disk.</summary>
internal static class Sources
{
    private static readonly string[] Generated = ["bin", "obj", "artifacts", "runs", "node_modules", ".git", ".vs"];

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Hand-written files, relative to the root with forward slashes, whose names end as given.</summary>
    public static IEnumerable<string> Files(string folder, params string[] endings) =>
        Walk(Path.Combine(Root, folder))
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal);

    /// <summary>C# files of sources, tests, benchmarks and samples.</summary>
    public static IEnumerable<string> CSharp() =>
        ((string[])["src", "tests", "bench", "samples"]).SelectMany(folder => Files(folder, ".cs"));

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
            yield return file;
        foreach (string inner in Directory.EnumerateDirectories(folder))
        {
            if (Generated.Contains(Path.GetFileName(inner)))
                continue;
            foreach (string file in Walk(inner))
                yield return file;
        }
    }

    // From this file's own path when the sources are where they were compiled, else from the test's folder upwards.
    private static string FindRoot([CallerFilePath] string here = "")
    {
        foreach (string? start in (string?[])[Path.GetDirectoryName(here), AppContext.BaseDirectory])
        {
            for (string? folder = start; folder is { Length: > 0 }; folder = Path.GetDirectoryName(folder))
            {
                if (File.Exists(Path.Combine(folder, "Evenkeel.slnx")))
                    return folder;
            }
        }

        throw new InvalidOperationException(
            "The tests do not run from within the repository; no Evenkeel.slnx above them."
        );
    }
}
