namespace Evenkeel.Onnx.Files;

/// <summary>
/// Follows the outermost fields of a file while it is read, so that what is no model, a device without an end perhaps, is refused by its first
/// bytes and not when the limit is reached.
/// </summary>
internal sealed class OuterFields
{
    private const int HeadBytes = 20;

    private long _next;

    /// <summary>Looks at what has been read so far.</summary>
    /// <returns>Whether it may be the beginning of a model.</returns>
    public bool Fit(ReadOnlySpan<byte> soFar)
    {
        while (_next + HeadBytes <= soFar.Length)
        {
            ReadOnlySpan<byte> rest = soFar[(int)_next..];
            int before = rest.Length;
            if (
                !WireNumber.TryReadField(ref rest, out ulong tag, out ulong length)
                || tag >> 3 is 0 or > int.MaxValue
                || length > int.MaxValue
            )
                return false;
            _next += before - rest.Length + (long)length;
        }

        return true;
    }
}
