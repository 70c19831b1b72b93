using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Evenkeel.Reporting;

/// <summary>
/// A file that grows by whole records and, once open, never throws for the sake of a disk. What cannot be written is held and tried
/// again, and no part of it stays in the file; a file that was deleted meanwhile is made again with all that it had.
/// </summary>
internal sealed class RecordFile : IDisposable
{
    /// <summary>Bytes that wait for a disk with room; records beyond are lost.</summary>
    public const int MaxHeldBytes = 1 << 22;

    private const int HandOverBytes = 1 << 16;
    private const int FileTooLarge = 27;
    private readonly string path;
    private readonly Writing write;
    private readonly ArrayBufferWriter<byte> held = new(HandOverBytes);
    private SafeFileHandle file;
    private long length;
    private long heldRecords;
    private long lost;
    private int tried;
    private int remade;
    private Exception? failure;

    /// <summary>Opens a file and goes on behind its first bytes; others are cut off.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="mode">Whether it is made.</param>
    /// <param name="length">Bytes of whole records that it has.</param>
    /// <param name="write">Writes at a place in the file; the system's own way if null.</param>
    public RecordFile(string path, FileMode mode, long length = 0, Writing? write = null)
    {
        this.path = Path.GetFullPath(path);
        this.length = length;
        this.write = write ?? RandomAccess.Write;
        file = Open(mode);
        CutBack();
    }

    /// <summary>Writes all bytes at a place of a file.</summary>
    public delegate void Writing(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);

    /// <summary>What is in the file and what is not.</summary>
    public LogState State => new(failure, heldRecords, lost, remade);

    /// <summary>Appends a record; it is handed to the system when there are many, or with <see cref="HandOver"/>.</summary>
    public void Append(ReadOnlySpan<byte> record)
    {
        if (held.WrittenCount + record.Length > MaxHeldBytes)
        {
            lost++;
            return;
        }

        held.Write(record);
        heldRecords++;
        if (held.WrittenCount - tried >= HandOverBytes)
            HandOver();
    }

    /// <summary>Hands what is held to the system.</summary>
    public void HandOver() => Write(toDisk: false);

    /// <summary>Writes what is held so that it survives a power cut.</summary>
    public void Flush() => Write(toDisk: true);

    /// <summary>Flushes and closes the file.</summary>
    public void Dispose()
    {
        if (file.IsClosed)
            return;
        Flush();
        file.Dispose();
    }

    private void Write(bool toDisk)
    {
        try
        {
            WriteHeld();
            if (toDisk)
                RandomAccess.FlushToDisk(file);
            failure = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failure = e;
        }
        catch (ArgumentOutOfRangeException e)
        {
            // What the runtime makes of a file beyond the size that is allowed.
            failure = new IOException($"The file would exceed the limit on file sizes : '{path}'", e)
            {
                HResult = FileTooLarge,
            };
        }

        tried = held.WrittenCount;
    }

    private void WriteHeld()
    {
        if (!File.Exists(path))
            Remake();
        if (held.WrittenCount == 0)
            return;
        length = Math.Min(length, RandomAccess.GetLength(file));
        try
        {
            write(file, held.WrittenSpan, length);
        }
        catch
        {
            CutBack();
            throw;
        }

        length += held.WrittenCount;
        held.ResetWrittenCount();
        heldRecords = 0;
    }

    // The deleted file is there for whom has it open: its records are copied.
    private void Remake()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SafeFileHandle old = file,
            made = Open(FileMode.CreateNew);
        try
        {
            byte[] buffer = new byte[HandOverBytes];
            for (long at = 0; at < length; )
            {
                int read = RandomAccess.Read(old, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - at)), at);
                if (read == 0)
                    break;
                write(made, buffer.AsSpan(0, read), at);
                at += read;
            }
        }
        catch
        {
            made.Dispose();
            File.Delete(path);
            throw;
        }

        file = made;
        old.Dispose();
        remade++;
    }

    private SafeFileHandle Open(FileMode mode) => File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read);

    // What was written of a record in part would be damage in the middle once there is room again.
    private void CutBack()
    {
        try
        {
            if (RandomAccess.GetLength(file) > length)
                RandomAccess.SetLength(file, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next attempt writes over it.
        }
    }
}
