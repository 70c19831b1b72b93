using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Files;

/// <summary>Whether something can be written where it was asked for; looked at before anything is read or computed.</summary>
internal static class OutputPlace
{
    /// <summary>Requires a place for a file: no folder is there, and the folders above it are ones, or can be made.</summary>
    /// <param name="option">The option that names it, for messages.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="UsageException">There is no such place.</exception>
    public static void RequireFile(string option, string path)
    {
        if (Directory.Exists(path))
            throw new UsageException($"{option}: '{path}' is a folder; name a file in it.");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            RequireFolder(option, folder);
    }

    /// <summary>Requires a folder that is there or can be made.</summary>
    /// <inheritdoc cref="RequireFile"/>
    public static void RequireFolder(string option, string path)
    {
        string? place = Path.GetFullPath(path);
        while (place is not null && !Path.Exists(place))
            place = Path.GetDirectoryName(place);
        if (place is not null && !Directory.Exists(place))
            throw new UsageException($"{option}: '{place}' is a file, not a folder; name another place.");
    }
}
