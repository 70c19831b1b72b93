namespace Evenkeel.Testing;

/// <summary>A stream that cannot seek and never ends, as a pipe or a device may be: some bytes, and others again and again.</summary>
/// <param name="first">Given once.</param>
/// <param name="repeated">Given from then on; one or more.</param>
public sealed class EndlessStream(byte[] first, byte[] repeated) : Stream
{
    /// <summary>Bytes read so far.</summary>
    public long Given { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => Given;
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        for (int i = 0; i < count; i++, Given++)
            buffer[offset + i] =
                Given < first.Length ? first[Given] : repeated[(Given - first.Length) % repeated.Length];
        return count;
    }

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
