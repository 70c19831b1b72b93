using Evenkeel.Runs.Configuration;
using Evenkeel.Serialization;

namespace Evenkeel.Runs;

/// <summary>The folder of a run, and the right to write it: one process at a time.</summary>
internal sealed class RunFolder : IDisposable
{
    private readonly RunLock _lock;

    private RunFolder(RunFiles files)
    {
        Files = files;
        _lock = new RunLock(files.Folder);
    }

    /// <summary>What lies in it.</summary>
    public RunFiles Files { get; }

    /// <summary>Whether a new run can begin in a folder: nothing is there, or only what a process that was killed before its run began left behind.</summary>
    public static bool IsFree(string path) =>
        !File.Exists(path) && (!Directory.Exists(path) || Directory.EnumerateFileSystemEntries(path).All(IsLeaving));

    /// <summary>Makes the folder for a new run.</summary>
    /// <exception cref="RunFolderException">It is not free.</exception>
    public static RunFolder Create(string path)
    {
        RequireFree(path);
        Directory.CreateDirectory(path);
        return new RunFolder(new RunFiles(path));
    }

    /// <summary>Throws unless a new run can begin in the folder.</summary>
    /// <exception cref="RunFolderException">It is not free.</exception>
    public static void RequireFree(string path)
    {
        if (!IsFree(path))
        {
            throw new RunFolderException(
                File.Exists(path)
                    ? $"{path}: this is a file; give another folder."
                    : $"{path}: the folder is not empty; give another folder, or resume the run in it."
            );
        }
    }

    /// <summary>Opens the folder of a run.</summary>
    /// <exception cref="RunFolderException">There is no run in it, or another process trains there.</exception>
    public static RunFolder Open(string path)
    {
        RunFiles files = RequireRun(path);
        var folder = new RunFolder(files);
        AtomicFile.Sweep(files.Folder);
        AtomicFile.Sweep(files.Checkpoints);
        return folder;
    }

    /// <summary>The files of a run that is there.</summary>
    /// <exception cref="RunFolderException">There is no run in it.</exception>
    public static RunFiles RequireRun(string path)
    {
        var files = new RunFiles(path);
        return files.Exists
            ? files
            : throw new RunFolderException(
                $"{path}: this is not the folder of a run ({ConfigText.RecordName} is missing); give the folder of a run."
            );
    }

    /// <summary>Takes away what a run left that did not come to its first checkpoint, so that it can begin again.</summary>
    public void BeginAgain()
    {
        File.Delete(Files.Metrics);
        File.Delete(Files.Layers);
        foreach (string folder in (string[])[Files.TensorBoard, Files.Checkpoints])
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
        if (!Directory.Exists(Files.Checkpoints))
        {
            missing.Add(Directory.Exists(Files.Folder) ? "its checkpoints" : "all of it");
            Directory.CreateDirectory(Files.Checkpoints);
        }

        if (!_lock.IsThere)
        {
            missing.Add(RunLock.Name);
            _lock.TakeAgain();
        }

        if (!File.Exists(Files.Record))
        {
            missing.Add(ConfigText.RecordName);
            record.Save();
        }

        return missing;
    }

    public void Dispose() => _lock.Dispose();

    private static bool IsLeaving(string entry) =>
        Path.GetFileName(entry) == RunLock.Name || entry.EndsWith(AtomicFile.TemporarySuffix, StringComparison.Ordinal);
}
