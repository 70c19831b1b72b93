namespace Evenkeel.Data.Formats;

/// <summary>A file of which only so many bytes are read until it is released; it stays the caller's to close.</summary>
internal sealed class MeteredStream(FileStream file, long most) : ReadOnlyStream(file)
{
    private long _most = most;
    private long _read;

    public override int Read(Span<byte> buffer)
    {
        int read = Behind.Read(buffer);
        _read += read;
        return _read <= _most
            ? read
            : throw new InvalidDataException($"its list of contents is longer than the limit of {_most} bytes");
    }

    /// <summary>Lifts the limit.</summary>
    public void Release() => _most = long.MaxValue;
}
