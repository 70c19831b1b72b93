namespace Evenkeel.Serialization;

/// <summary>
/// Bytes of a stream that can seek, from where it stands to its end. The stream stays the caller's. Several threads may read at once, as they
/// may of a file.
/// </summary>
internal sealed class StreamTensorBytes : ITensorBytes
{
    // The stream has one place where it stands.
    private readonly Lock _gate = new();
    private readonly Stream _stream;
    private readonly long _origin;

    public StreamTensorBytes(Stream stream)
    {
        _stream = stream;
        _origin = stream.Position;
        Length = Math.Max(0, stream.Length - _origin);
    }

    public long Length { get; }

    public int Read(long offset, Span<byte> destination)
    {
        lock (_gate)
        {
            _stream.Position = _origin + offset;
            return _stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false);
        }
    }

    public void Dispose() { }
}
