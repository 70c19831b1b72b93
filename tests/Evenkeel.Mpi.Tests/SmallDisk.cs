using System.Diagnostics;

namespace Evenkeel.Mpi.Tests;

/// <summary>A file system in memory that is soon full.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>Makes one; skips the test where that is not allowed.</summary>
    /// <param name="folder">A folder to be made.</param>
    /// <param name="size">As of mount: 200k.</param>
    public static SmallDisk Mount(string folder, string size)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a small file system is mounted on Linux only");
        Directory.CreateDirectory(folder);
        Assert.SkipUnless(
            Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder) == 0,
            "mounting a small file system takes root"
        );
        return new SmallDisk(folder);
    }

    /// <summary>Leaves no room.</summary>
    public void Fill()
    {
        byte[] page = new byte[4096];
        using FileStream file = File.Create(Path.Combine(Folder, "full"));
        try
        {
            while (true)
            {
                file.Write(page);
                file.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Dispose()
    {
        _ = Run("umount", Folder);
        Directory.Delete(Folder);
    }

    private static int Run(string command, params string[] args)
    {
        using Process process = Process.Start(new ProcessStartInfo(command, args) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
