using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Evenkeel.Data;

/// <summary>
/// The one place that opens files which a folder, a list or another file names. Pipes, sockets and devices have no end, and opening one
/// can wait for ever; they are refused by their type before they are opened. A link is what it leads to.
/// </summary>
public static partial class RegularFile
{
    private const int StatusBytes = 512;
    private const int ModeAt = 4;
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;

    /// <summary>Opens a file to be read from its beginning.</summary>
    /// <param name="path">The file.</param>
    /// <param name="bufferSize">Bytes that are read ahead, 0 for none.</param>
    /// <exception cref="IOException">It is not there, is no regular file, or cannot be read; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static FileStream Open(string path, int bufferSize = 1 << 12)
    {
        Require(path);
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize);
        if (file.CanSeek)
            return file;
        file.Dispose();
        throw NotRegular(path, "a device or a pipe");
    }

    /// <summary>Opens a file for reads at any place.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is not there, is no regular file, or cannot be read; the message names it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static SafeFileHandle OpenHandle(string path)
    {
        Require(path);
        return File.OpenHandle(path);
    }

    /// <summary>Refuses what is there but is no regular file; what is not there is left to the opening.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is something else; the message names it and says what.</exception>
    public static void Require(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Other(path) is { } other)
            throw NotRegular(path, other);
    }

    /// <summary>What is at a path, in words such as "a folder" or "a named pipe"; null where it is a regular file or nothing.</summary>
    /// <param name="path">The path; a link is what it leads to.</param>
    public static string? Other(string path)
    {
        if (Directory.Exists(path))
            return "a folder";
        return OperatingSystem.IsWindows()
            ? null
            : (Mode(path) & TypeMask) switch
            {
                Regular or 0 => null,
                0x1000 => "a named pipe",
                0x2000 or 0x6000 => "a device",
                0xC000 => "a socket",
                _ => "something else",
            };
    }

    // The type of a file is the one thing that the runtime's own interface leaves out of what it knows of it. The runtime's system layer has
    // the same form on every Unix, unlike the system's own call.
    private static unsafe int Mode(string path)
    {
        byte* status = stackalloc byte[StatusBytes];
        return Status(path, status) == 0 ? *(int*)(status + ModeAt) : 0;
    }

    private static IOException NotRegular(string path, string what) =>
        new($"'{path}' is {what}; only regular files are read.");

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Stat", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Status(string path, byte* status);
}
