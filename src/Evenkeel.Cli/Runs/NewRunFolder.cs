using System.Globalization;
using Evenkeel.Cli.Terminal;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Runs;

/// <summary>Where a new run is to lie.</summary>
internal static class NewRunFolder
{
    /// <summary>Throws unless a new run can begin in the folder; says which option gives another.</summary>
    /// <exception cref="UsageException">There are files in it, or it is a file itself.</exception>
    public static void RequireFree(string path)
    {
        if (RunFolder.IsFree(path))
            return;
        if (File.Exists(path))
            throw new UsageException($"{path}: this is a file; give another folder with --out.");
        string resume = new RunFiles(path).Exists ? $"resume it with --resume {path}, or " : "";
        throw new UsageException($"{path}: the folder is not empty; {resume}give another folder with --out.");
    }

    /// <summary>
    /// A folder for a run of a configuration that does not exist yet: <c>runs/name-1</c>, after the file or, of a run that is trained
    /// again, after its folder.
    /// </summary>
    public static string Unused(string config)
    {
        string name = Path.GetFileNameWithoutExtension(config);
        if (Path.GetFileName(config) == ConfigText.RecordName)
        {
            string folder = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(config))!);
            name = folder.TrimEnd("0123456789".ToCharArray()) is [.. var stem, '-'] && stem.Length > 0 ? stem : folder;
        }

        for (int i = 1; ; i++)
        {
            string path = Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"{name}-{i}"));
            if (!Path.Exists(path))
                return path;
        }
    }
}
