using System.Numerics;

namespace Evenkeel.Data.Images.Codecs.Png;

/// <summary>Makes values of differences to those at the left and above, PNG section 9.</summary>
internal static class PngFilter
{
    /// <summary>Undoes a row's filter; false where there is none of this number.</summary>
    /// <param name="filter">Its number.</param>
    /// <param name="row">The row, changed in place.</param>
    /// <param name="above">The row above, zeros for the first.</param>
    /// <param name="pixel">Bytes to the left neighbour.</param>
    public static bool TryUndo(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int pixel)
    {
        above = above[..row.Length];
        switch (filter)
        {
            case 0:
                return true;
            case 1:
                for (int i = pixel; i < row.Length; i++)
                    row[i] += row[i - pixel];
                return true;
            case 2:
                Up(row, above);
                return true;
            case 3:
                Average(row, above, pixel);
                return true;
            case 4:
                Paeth(row, above, pixel);
                return true;
            default:
                return false;
        }
    }

    private static void Up(Span<byte> row, ReadOnlySpan<byte> above)
    {
        int i = 0;
        for (; i <= row.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            (new Vector<byte>(row[i..]) + new Vector<byte>(above[i..])).CopyTo(row[i..]);
        for (; i < row.Length; i++)
            row[i] += above[i];
    }

    private static void Average(Span<byte> row, ReadOnlySpan<byte> above, int pixel)
    {
        for (int i = 0; i < row.Length; i++)
        {
            int left = i < pixel ? 0 : row[i - pixel];
            row[i] += (byte)((left + above[i]) >> 1);
        }
    }

    private static void Paeth(Span<byte> row, ReadOnlySpan<byte> above, int pixel)
    {
        for (int i = 0; i < Math.Min(pixel, row.Length); i++)
            row[i] += above[i];
        for (int i = pixel; i < row.Length; i++)
        {
            int left = row[i - pixel],
                up = above[i],
                corner = above[i - pixel];
            int toLeft = Math.Abs(up - corner),
                toUp = Math.Abs(left - corner),
                toCorner = Math.Abs(left + up - (2 * corner));
            int nearest = toUp <= toCorner ? up : corner;
            row[i] += (byte)(toLeft <= toUp && toLeft <= toCorner ? left : nearest);
        }
    }
}
