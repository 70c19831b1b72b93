namespace Evenkeel.Kernels.Resizing;

/// <summary>Between which two positions along one axis of the source each position of the result lies.</summary>
public sealed class LinearAxis
{
    /// <summary>Prepares the positions.</summary>
    /// <param name="length">Positions of the source, 1 or more.</param>
    /// <param name="positions">Where each position of the result lies; what is outside counts as the outermost one.</param>
    public LinearAxis(int length, ReadOnlySpan<double> positions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        (Length, Low, High, Share) = (
            length,
            new int[positions.Length],
            new int[positions.Length],
            new float[positions.Length]
        );
        for (int i = 0; i < positions.Length; i++)
        {
            double position = Math.Clamp(positions[i], 0, length - 1);
            Low[i] = (int)position;
            High[i] = Math.Min(Low[i] + 1, length - 1);
            Share[i] = (float)(position - Low[i]);
        }
    }

    /// <summary>Positions of the source.</summary>
    public int Length { get; }

    /// <summary>Positions of the result.</summary>
    public int Made => Low.Length;

    internal int[] Low { get; }

    internal int[] High { get; }

    /// <summary>The share of the higher position; the rest is the lower one's.</summary>
    internal float[] Share { get; }
}
