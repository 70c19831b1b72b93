namespace Evenkeel.Data.Formats;

/// <summary>A file of which only so many bytes are read until it is released; it stays the caller's to close.</summary>
internal sealed class MeteredStream(FileStream file, long max) : ReadOnlyStream(file)
{
    private long _max = max;
    private long _read;

    public override int Read(Span<byte> buffer)
    {
        int read = Behind.Read(buffer);
        _read += read;
        return _read <= _max
            ? read
            : throw new InvalidDataException($"its directory is longer than the limit of {_max} bytes");
    }

    /// <summary>Lifts the limit.</summary>
    public void Release() => _max = long.MaxValue;
}
