namespace Evenkeel.Bench;

/// <summary>Finds folders of the repository from wherever the program was built to.</summary>
internal static class RepositoryFolder
{
    public static string Of(params string[] parts)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "Evenkeel.slnx")))
                return Path.Combine([at.FullName, .. parts]);
        }

        throw new DirectoryNotFoundException(
            "Run the benchmarks from a clone of the repository: the peers are scripts there."
        );
    }
}
