using System.Globalization;
using Evenkeel.Runs.Configuration;
using Evenkeel.Runs.Files;
using Evenkeel.Serialization;

namespace Evenkeel.Runs;

/// <summary>The files of a run, and the right to write them: one process at a time.</summary>
internal sealed class RunFolder : IDisposable
{
    private readonly RunLock _lock;

    private RunFolder(string path)
    {
        Path = path;
        _lock = new RunLock(path);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Configuration, versions, machine, result.</summary>
    public string Record => File(ConfigText.RecordName);

    /// <summary>Values by step.</summary>
    public string Metrics => File("metrics.jsonl");

    /// <summary>TensorBoard's events.</summary>
    public string TensorBoard => File("tensorboard");

    /// <summary>The page.</summary>
    public string Page => File("report.html");

    /// <summary>All checkpoints.</summary>
    public string Checkpoints => RunCheckpoints.Folder(Path);

    /// <summary>The newest state, from which a run goes on.</summary>
    public string Last => RunCheckpoints.Last(Path);

    /// <summary>The state of best accuracy.</summary>
    public string Best => RunCheckpoints.Best(Path);

    /// <summary>The state to go on from: the last or, where its file is gone, the newest under a step's number; null without one.</summary>
    public string? Newest => System.IO.File.Exists(Last) ? Last : Numbered().FirstOrDefault();

    /// <summary>The states under steps' numbers that are there, the newest first.</summary>
    public IEnumerable<string> Numbered() =>
        Directory.Exists(Checkpoints)
            ? Directory.GetFiles(Checkpoints, "step-*.safetensors").OrderByDescending(StepOf)
            : [];

    /// <summary>The state after a step.</summary>
    public string AtStep(long step) =>
        System.IO.Path.Combine(Checkpoints, string.Create(CultureInfo.InvariantCulture, $"step-{step}.safetensors"));

    /// <summary>Throws unless a new run can begin in the folder.</summary>
    /// <exception cref="RunFolderException">There are files in it, or it is a file itself.</exception>
    public static void RequireFree(string path)
    {
        if (System.IO.File.Exists(path))
            throw new RunFolderException($"{path}: this is a file; give another folder with --out.");
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any(entry => !IsLeaving(entry)))
        {
            string resume = Holds(path) ? $"go on with --resume {path}, or " : "";
            throw new RunFolderException($"{path}: the folder is not empty; {resume}give another folder with --out.");
        }
    }

    /// <summary>Makes the folder for a new run.</summary>
    public static RunFolder Create(string path)
    {
        RequireFree(path);
        Directory.CreateDirectory(path);
        return new RunFolder(path);
    }

    /// <summary>Opens the folder of a run.</summary>
    /// <exception cref="RunFolderException">There is no run in it.</exception>
    public static RunFolder Open(string path)
    {
        if (!Holds(path))
            throw new RunFolderException($"{path}: no run is there (run.json is missing); give the folder of a run.");
        var folder = new RunFolder(path);
        AtomicFile.Sweep(folder.Path);
        AtomicFile.Sweep(folder.Checkpoints);
        return folder;
    }

    /// <summary>Whether a path is the folder of a run.</summary>
    public static bool Holds(string path) => System.IO.File.Exists(System.IO.Path.Combine(path, ConfigText.RecordName));

    /// <summary>Takes away what a run left that did not come to its first checkpoint, so that it can begin again.</summary>
    public void BeginAgain()
    {
        System.IO.File.Delete(Metrics);
        foreach (string folder in (string[])[TensorBoard, Checkpoints])
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Makes again what was deleted of the folder while the run was at work, its logs and checkpoints aside.</summary>
    /// <param name="record">What <c>run.json</c> is to say.</param>
    /// <returns>What was missing, in words; empty if nothing was.</returns>
    /// <exception cref="RunUnsavedException">Another process began to train there, because the lock was gone.</exception>
    /// <exception cref="IOException">It cannot be made.</exception>
    public IReadOnlyList<string> MakeWhole(RunRecord record)
    {
        var missing = new List<string>();
        if (!Directory.Exists(Checkpoints))
        {
            missing.Add(Directory.Exists(Path) ? "its checkpoints" : "all of it");
            Directory.CreateDirectory(Checkpoints);
        }

        if (!_lock.IsThere)
        {
            missing.Add(RunLock.Name);
            _lock.TakeAgain();
        }

        if (!System.IO.File.Exists(Record))
        {
            missing.Add(ConfigText.RecordName);
            record.Save();
        }

        return missing;
    }

    /// <summary>
    /// A folder for a run of a configuration that does not exist yet: <c>runs/name-1</c>, after the file or, of a run that is trained
    /// again, after its folder.
    /// </summary>
    public static string Unused(string config)
    {
        string name = System.IO.Path.GetFileNameWithoutExtension(config);
        if (System.IO.Path.GetFileName(config) == ConfigText.RecordName)
        {
            string folder = System.IO.Path.GetFileName(
                System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(config))!
            );
            name = folder.TrimEnd("0123456789".ToCharArray()) is [.. var stem, '-'] && stem.Length > 0 ? stem : folder;
        }

        for (int i = 1; ; i++)
        {
            string path = System.IO.Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"{name}-{i}"));
            if (!Directory.Exists(path) && !System.IO.File.Exists(path))
                return path;
        }
    }

    public void Dispose() => _lock.Dispose();

    // What a process that was killed before the run began leaves behind.
    private static bool IsLeaving(string entry) =>
        System.IO.Path.GetFileName(entry) == RunLock.Name
        || entry.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal);

    private static long StepOf(string file) =>
        long.TryParse(
            System.IO.Path.GetFileNameWithoutExtension(file)["step-".Length..],
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out long step
        )
            ? step
            : long.MaxValue;

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
