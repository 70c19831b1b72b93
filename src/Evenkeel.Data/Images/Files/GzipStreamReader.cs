using Evenkeel.Data.Formats;

namespace Evenkeel.Data.Images.Files;

/// <summary>A strictly checked gzip file as a stream that is read forwards.</summary>
internal sealed class GzipStreamReader(GzipReader gzip) : ReadOnlyStream(null)
{
    private bool _ended;

    public override int Read(Span<byte> buffer)
    {
        if (_ended || buffer.IsEmpty)
            return 0;
        int read = gzip.Read(buffer);
        _ended = read < buffer.Length;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            gzip.Dispose();
        base.Dispose(disposing);
    }
}
