using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Evenkeel.Data;

namespace Evenkeel.Serialization;

/// <summary>
/// Replaces files as a whole: a reader, or a process that starts after a crash, sees the old content or the new one, never a part.
/// </summary>
/// <remarks>
/// The content goes to a temporary name in the same folder, is flushed to the device, and is renamed over the target. While it is
/// written the temporary is locked, so <see cref="Sweep(string)"/> can tell the leavings of a killed process from work in progress.
/// </remarks>
public static class AtomicFile
{
    /// <summary>The ending by which temporaries are known.</summary>
    public const string TemporarySuffix = ".evenkeel-tmp";

    private const int BufferBytes = 1 << 16;
    private const int LongestNamePart = 80;

    // What the runtime makes of a file beyond the size that is allowed is no error of files to it.
    private const string CoreLibrary = "System.Private.CoreLib";
    private const int FileTooLarge = 27;

    // Between closing a finished temporary and renaming it nobody holds its lock; no sweep may take it in that moment, unless the
    // process that made it, whose number is in its name, is gone.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Writes <paramref name="path"/> as a whole, creating its folder if needed.</summary>
    /// <param name="path">
    /// The file to create or replace; a symbolic link is followed. What is there and is no regular file, a device or a pipe, is not
    /// replaced: the content is written into it as it comes, and what was taken by it before a failure stays taken.
    /// </param>
    /// <param name="write">Writes the content. Whatever it throws is passed on, with the old file left as it was.</param>
    /// <param name="cancellation">Looked at before the rename: once renamed, the write has happened.</param>
    /// <exception cref="IOException">
    /// The disk is full, the folder cannot be written, or <paramref name="path"/> is a folder. The old file is untouched.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for. The old file is untouched.</exception>
    public static void Write(string path, Action<Stream> write, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        cancellation.ThrowIfCancellationRequested();
        if (RegularFile.Other(path) is { } other)
            WriteInPlace(path, other, write);
        else
            Replace(Resolve(path), write, cancellation);
    }

    /// <summary>Writes <paramref name="content"/> to <paramref name="path"/> as a whole. Exceptions as for <see cref="Write"/>.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="content">The bytes of the file.</param>
    public static void WriteBytes(string path, ReadOnlyMemory<byte> content) =>
        Write(path, stream => stream.Write(content.Span));

    /// <summary>Writes <paramref name="content"/> as UTF-8 without a byte order mark. Exceptions as for <see cref="Write"/>.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="content">The text of the file.</param>
    public static void WriteText(string path, string content) => WriteBytes(path, Encoding.UTF8.GetBytes(content));

    /// <summary>
    /// Deletes the temporaries that killed processes left in <paramref name="folder"/>. Those that a live process still writes are
    /// locked and stay, as do those that a live process wrote to within the last ten seconds.
    /// </summary>
    /// <param name="folder">The folder to look in, without its subfolders. A folder that does not exist has nothing to sweep.</param>
    /// <returns>How many files were deleted.</returns>
    public static int Sweep(string folder) => Sweep(folder, Grace);

    internal static int Sweep(string folder, TimeSpan grace)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (!Directory.Exists(folder))
            return 0;
        DateTime newest = DateTime.UtcNow - grace;
        int deleted = 0;
        foreach (string file in Directory.GetFiles(folder, "*" + TemporarySuffix))
        {
            DateTime written = File.GetLastWriteTimeUtc(file);
            if ((written <= newest || !MakerLives(file, written)) && !IsHeld(file) && DeleteQuietly(file))
                deleted++;
        }
        return deleted;
    }

    private static void Replace(string target, Action<Stream> write, CancellationToken cancellation)
    {
        string folder = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(folder);
        string temporary = TemporaryFor(target);
        bool renamed = false;
        try
        {
            var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes);
            WriteAndFlush(stream, write);
            cancellation.ThrowIfCancellationRequested();
            File.Move(temporary, target, overwrite: true);
            renamed = true;
        }
        catch (IOException e) when (e.Message.Contains(temporary, StringComparison.Ordinal))
        {
            // Whoever reads the message knows the file by its own name.
            throw new IOException(e.Message.Replace(temporary, target, StringComparison.Ordinal), e)
            {
                HResult = e.HResult,
            };
        }
        finally
        {
            if (!renamed)
                DeleteQuietly(temporary);
        }
        DirectoryFlush.Run(folder);
    }

    // A file in the place of a device or a pipe would be the end of it.
    private static void WriteInPlace(string path, string what, Action<Stream> write)
    {
        if (Directory.Exists(path))
            throw new IOException($"'{path}' is {what}; name a file in it.");
        WriteAndFlush(new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, BufferBytes), write);
    }

    private static void WriteAndFlush(FileStream stream, Action<Stream> write)
    {
        try
        {
            write(stream);
            stream.Flush(flushToDisk: true);
        }
        catch (ArgumentOutOfRangeException e) when (e.ParamName == "value" && e.Source == CoreLibrary)
        {
            CloseQuietly(stream);
            throw new IOException($"The file would exceed the limit on file sizes : '{stream.Name}'", e)
            {
                HResult = FileTooLarge,
            };
        }
        catch
        {
            // Closing tries to write what is buffered, and fails again on a full disk: the first failure is the one to report.
            CloseQuietly(stream);
            throw;
        }
        stream.Dispose();
    }

    private static string Resolve(string path)
    {
        string full = Path.GetFullPath(path);
        var file = new FileInfo(full);
        return file.LinkTarget is null ? full : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    private static string TemporaryFor(string target)
    {
        string name = Path.GetFileName(target);
        string shortName = name.Length > LongestNamePart ? name[..LongestNamePart] : name;
        string unique = $"{Environment.ProcessId}-{Guid.NewGuid():N}";
        return Path.Combine(Path.GetDirectoryName(target)!, $"{shortName}.{unique}{TemporarySuffix}");
    }

    // Numbers of processes are given out again, in a container soon: one that began after the file was written did not write it.
    private static bool MakerLives(string temporary, DateTime written)
    {
        string unique = Path.GetFileName(temporary)[..^TemporarySuffix.Length].Split('.')[^1];
        if (!int.TryParse(unique.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id))
            return true;
        try
        {
            using var maker = Process.GetProcessById(id);
            return maker.StartTime.ToUniversalTime() <= written;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            return true;
        }
    }

    private static bool IsHeld(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static void CloseQuietly(FileStream stream)
    {
        try
        {
            stream.Dispose();
        }
        catch (Exception e) when (e is IOException or ArgumentOutOfRangeException) { }
    }

    private static bool DeleteQuietly(string file)
    {
        try
        {
            File.Delete(file);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
