namespace Evenkeel.Runs;

/// <summary>The right to write a run's folder: one process at a time. It is a file that is locked while the process lives.</summary>
internal sealed class RunLock : IDisposable
{
    /// <summary>Name of the file.</summary>
    public const string Name = "run.lock";

    private readonly string _folder;
    private readonly string _path;
    private FileStream _file;
    private DateTime _written;

    /// <summary>Takes the lock of a folder.</summary>
    /// <exception cref="RunFolderException">Another process has it.</exception>
    public RunLock(string folder)
    {
        _folder = folder;
        _path = Path.Combine(folder, Name);
        _file = Take();
    }

    /// <summary>Whether the file in the folder is the one that was locked: it may have been deleted, and another process have made its own.</summary>
    public bool IsThere => File.GetLastWriteTimeUtc(_path) == _written;

    /// <summary>Takes the lock again after its file was deleted.</summary>
    /// <exception cref="RunUnsavedException">Another process has it now.</exception>
    public void TakeAgain()
    {
        _file.Dispose();
        try
        {
            _file = Take();
        }
        catch (RunFolderException e)
        {
            throw new RunUnsavedException(
                $"{_folder}: {Name} was deleted, and another process trains in it now. This run ends; its steps after its last checkpoint are lost.",
                e
            );
        }
    }

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows() && IsThere)
            File.Delete(_path);
        _file.Dispose();
    }

    private FileStream Take()
    {
        try
        {
            // On Unix closing would delete whatever has the name by then.
            FileOptions options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
            var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, options);
            _written = File.GetLastWriteTimeUtc(_path);
            return file;
        }
        catch (IOException e) when (File.Exists(_path))
        {
            throw new RunFolderException($"{_folder}: another process is training there; wait for it or stop it.", e);
        }
    }
}
