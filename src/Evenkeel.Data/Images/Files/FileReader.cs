using Evenkeel.Data.Images.Codecs;
using Microsoft.Win32.SafeHandles;

namespace Evenkeel.Data.Images.Files;

/// <summary>Reads and decodes image files; for one thread at a time, with buffers that grow and are reused.</summary>
internal sealed class FileReader(ImageReadOptions options) : IDisposable
{
    /// <summary>Enough for the headers of most files.</summary>
    public const int HeaderLength = 4096;

    private byte[] _bytes = [];

    /// <summary>Decodes the bytes that were read.</summary>
    public ImageDecoder Decoder { get; } = new(options.Limits, options.Decoder);

    /// <summary>The file's bytes, up to a number of them; valid until the next call.</summary>
    /// <exception cref="IOException">The file cannot be read, or is longer than the limit.</exception>
    public ReadOnlySpan<byte> Bytes(in FileEntry file, int max = int.MaxValue)
    {
        if (file.Fault is { } fault)
            throw new IOException(fault);
        if (file.Content is { } content)
            return content.AsSpan(0, Math.Min(max, content.Length));
        using SafeFileHandle handle = RegularFile.OpenHandle(file.Path);
        long all = RandomAccess.GetLength(handle);
        if (!options.Limits.AllowFile(all, out string reason))
            throw new IOException(reason);
        int length = (int)Math.Min(max, all);
        if (_bytes.Length < length)
            _bytes = GC.AllocateUninitializedArray<byte>(length);
        int filled = 0;
        while (filled < length)
        {
            int read = RandomAccess.Read(handle, _bytes.AsSpan(filled, length - filled), filled);
            if (read == 0)
                break;
            filled += read;
        }

        return _bytes.AsSpan(0, filled);
    }

    /// <summary>Checks a file's header.</summary>
    public bool TryReadHeader(in FileEntry file, out ImageHeader header, out string reason)
    {
        header = default;
        try
        {
            ReadOnlySpan<byte> start = Bytes(file, HeaderLength);
            bool read = Decoder.TryReadHeader(start, out header, out reason);
            return read || start.Length < HeaderLength
                ? read
                : Decoder.TryReadHeader(Bytes(file), out header, out reason);
        }
        catch (Exception e) when (ReadFault.IsOfFile(e))
        {
            reason = ReadFault.Reason(e);
            return false;
        }
    }

    /// <summary>Reads and decodes a file.</summary>
    public bool TryDecode(in FileEntry file, int shorterSide, ImageBuffer image, out string reason)
    {
        try
        {
            return Decoder.TryDecode(Bytes(file), shorterSide, image, out reason);
        }
        catch (Exception e) when (ReadFault.IsOfFile(e))
        {
            reason = ReadFault.Reason(e);
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Decoder.Dispose();
}
