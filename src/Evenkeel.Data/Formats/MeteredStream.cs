namespace Evenkeel.Data.Formats;

/// <summary>A file of which only so many bytes are read until it is released; it stays the caller's to close.</summary>
internal sealed class MeteredStream(FileStream file, long most) : Stream
{
    private long _most = most;
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => file.Position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        int read = file.Read(buffer);
        _read += read;
        return _read <= _most
            ? read
            : throw new InvalidDataException($"its list of contents is longer than the limit of {_most} bytes");
    }

    /// <summary>Lifts the limit.</summary>
    public void Release() => _most = long.MaxValue;

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
