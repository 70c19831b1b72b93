using Evenkeel.Data.Images.Files;

namespace Evenkeel.Runs.Configuration;

/// <summary>
/// Tells of files that are not shown as they are: those left out when the source was opened, and damaged ones, of which images that
/// do not fit into memory show more while they are read.
/// </summary>
internal sealed class DamageNotes(ImageParts images)
{
    private const int MaxNamed = 3;

    private readonly (EncodedImages Files, int Told)[] _sources =
    [
        .. new[] { images.Train, images.Test }.Distinct().OfType<EncodedImages>().Select(files => (files, -1)),
    ];

    /// <summary>Tells what was not told before.</summary>
    public void Tell(RunHost host)
    {
        for (int i = 0; i < _sources.Length; i++)
        {
            (EncodedImages files, int told) = _sources[i];
            if (told < 0)
            {
                Note(
                    host,
                    $"{files.Name}: files that cannot be read as images were left out",
                    [.. files.Skipped.Select(s => $"{s.Path} ({s.Reason})")]
                );
            }

            IReadOnlyList<string> replaced = files.ReplacedPaths;
            if (replaced.Count > told)
                Note(host, $"{files.Name}: damaged images, replaced by other images of their class", replaced);
            _sources[i].Told = replaced.Count;
        }
    }

    private static void Note(RunHost host, string what, IReadOnlyList<string> files)
    {
        if (files.Count == 0)
            return;
        string more = files.Count > MaxNamed ? $", and {files.Count - MaxNamed} more" : "";
        host.Note($"{what}: {files.Count}: {string.Join(", ", files.Take(MaxNamed))}{more}");
    }
}
