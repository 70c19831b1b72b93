namespace Evenkeel.Kernels.Resizing;

/// <summary>Between which two places along one axis of the source each place of the result lies.</summary>
public sealed class LinearAxis
{
    /// <summary>Prepares the places.</summary>
    /// <param name="length">Places of the source, 1 or more.</param>
    /// <param name="places">Where each place of the result lies; what is outside counts as the outermost one.</param>
    public LinearAxis(int length, ReadOnlySpan<double> places)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        (Length, Low, High, Share) = (length, new int[places.Length], new int[places.Length], new float[places.Length]);
        for (int i = 0; i < places.Length; i++)
        {
            double place = Math.Clamp(places[i], 0, length - 1);
            Low[i] = (int)place;
            High[i] = Math.Min(Low[i] + 1, length - 1);
            Share[i] = (float)(place - Low[i]);
        }
    }

    /// <summary>Places of the source.</summary>
    public int Length { get; }

    /// <summary>Places of the result.</summary>
    public int Made => Low.Length;

    internal int[] Low { get; }

    internal int[] High { get; }

    /// <summary>The share of the higher place; the rest is the lower one's.</summary>
    internal float[] Share { get; }
}
