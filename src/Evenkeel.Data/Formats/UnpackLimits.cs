namespace Evenkeel.Data.Formats;

/// <summary>
/// How much a packed file may hold once it is unpacked: a few bytes of deflate can stand for a thousand times as many. What is unpacked is
/// counted while it is read.
/// </summary>
public sealed record UnpackLimits
{
    /// <summary>Bytes that any file may unpack to, 0 or more.</summary>
    public long FreeBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    } = 64L << 20;

    /// <summary>Bytes beyond these for each packed byte, 1 or more; deflate reaches 1,032 on zeros, and 4 on most real data.</summary>
    public int MaxExpansion
    {
        get;
        init => field = DatasetChecks.InRange(value, 1, int.MaxValue);
    } = 100;

    /// <summary>The longest list of contents of a zip file, in bytes; an entry takes some 60 of them, and ten times that of memory.</summary>
    public long MaxDirectoryBytes
    {
        get;
        init => field = DatasetChecks.InRange(value, 1, long.MaxValue);
    } = 4L << 20;

    internal static UnpackLimits Default { get; } = new();

    /// <summary>The most bytes that a number of packed ones may become.</summary>
    internal long Max(long packed) => (long)Math.Min(long.MaxValue >> 1, FreeBytes + ((double)packed * MaxExpansion));
}
