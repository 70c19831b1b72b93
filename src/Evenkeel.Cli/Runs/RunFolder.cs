using System.Globalization;
using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Runs;

/// <summary>The files of a run, and the right to write them: one process at a time.</summary>
internal sealed class RunFolder : IDisposable
{
    private readonly FileStream _lock;

    private RunFolder(string path)
    {
        Path = path;
        try
        {
            _lock = new FileStream(
                File("run.lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None,
                1,
                FileOptions.DeleteOnClose
            );
        }
        catch (IOException e) when (System.IO.File.Exists(File("run.lock")))
        {
            throw new UsageException($"{path}: another process is training there; wait for it or stop it.", e);
        }
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Configuration, versions, machine, result.</summary>
    public string Record => File("run.json");

    /// <summary>Values by step.</summary>
    public string Metrics => File("metrics.jsonl");

    /// <summary>TensorBoard's events.</summary>
    public string TensorBoard => File("tensorboard");

    /// <summary>The page.</summary>
    public string Page => File("report.html");

    /// <summary>The page's data.</summary>
    public string PageData => File("report.json");

    /// <summary>All checkpoints.</summary>
    public string Checkpoints => File("checkpoints");

    /// <summary>The newest state, from which a run goes on.</summary>
    public string Last => System.IO.Path.Combine(Checkpoints, "last.safetensors");

    /// <summary>The state of best accuracy.</summary>
    public string Best => System.IO.Path.Combine(Checkpoints, "best.safetensors");

    /// <summary>The state after a step.</summary>
    public string AtStep(long step) =>
        System.IO.Path.Combine(Checkpoints, string.Create(CultureInfo.InvariantCulture, $"step-{step}.safetensors"));

    /// <summary>The checkpoint that a run's folder stands for: that of best accuracy, else the newest; null where there is none.</summary>
    public static string? BestCheckpoint(string folder) =>
        Checkpoint(folder, "best.safetensors") ?? Checkpoint(folder, "last.safetensors");

    private static string? Checkpoint(string folder, string name)
    {
        string path = System.IO.Path.Combine(folder, "checkpoints", name);
        return System.IO.File.Exists(path) ? path : null;
    }

    /// <summary>Throws unless a new run can begin in the folder.</summary>
    /// <exception cref="UsageException">There are files in it, or it is a file itself.</exception>
    public static void RequireFree(string path)
    {
        if (System.IO.File.Exists(path))
            throw new UsageException($"{path}: this is a file; give another folder with --out.");
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new UsageException(
                $"{path}: the folder is not empty; go on with --resume {path}, or give another folder with --out."
            );
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
    /// <exception cref="UsageException">There is no run in it.</exception>
    public static RunFolder Open(string path)
    {
        if (!System.IO.File.Exists(System.IO.Path.Combine(path, "run.json")))
            throw new UsageException($"{path}: no run is there (run.json is missing); give the folder of a run.");
        return new RunFolder(path);
    }

    /// <summary>A folder for a run of this name that does not exist yet: <c>runs/name-1</c>.</summary>
    public static string Unused(string name)
    {
        for (int i = 1; ; i++)
        {
            string path = System.IO.Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"{name}-{i}"));
            if (!Directory.Exists(path) && !System.IO.File.Exists(path))
                return path;
        }
    }

    public void Dispose() => _lock.Dispose();

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
