namespace Evenkeel.Data.Formats;

/// <summary>What is read only: forwards, unless a stream behind it can seek.</summary>
/// <param name="behind">The stream whose places these are; null where there are none.</param>
internal abstract class ReadOnlyStream(Stream? behind) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => behind?.CanSeek == true;

    public override bool CanWrite => false;

    public override long Length => Behind.Length;

    public override long Position
    {
        get => Behind.Position;
        set => Behind.Position = value;
    }

    /// <summary>The stream behind.</summary>
    protected Stream Behind => behind ?? throw new NotSupportedException();

    public abstract override int Read(Span<byte> buffer);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Behind.Seek(offset, origin);

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
