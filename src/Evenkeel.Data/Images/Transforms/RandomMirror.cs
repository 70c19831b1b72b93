using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Images.Transforms;

/// <summary>Swaps left and right of some images.</summary>
/// <param name="Probability">Share of images that are mirrored, 0 to 1.</param>
public sealed record RandomMirror(double Probability = 0.5)
{
    /// <summary>Share of images that are mirrored, 0 to 1.</summary>
    public double Probability { get; init; } =
        Probability is >= 0 and <= 1
            ? Probability
            : throw new ArgumentOutOfRangeException(nameof(Probability), Probability, "It must be in [0, 1].");

    internal void Apply(ref SeededRandom random, int width, Span<float> pixels)
    {
        if (random.Uniform() < Probability)
            Mirror(width, pixels);
    }

    /// <summary>Swaps left and right of [height, width, 3].</summary>
    internal static void Mirror(int width, Span<float> pixels)
    {
        int stride = width * ImageBuffer.Channels;
        for (int first = 0; first < pixels.Length; first += stride)
        {
            Span<float> row = pixels.Slice(first, stride);
            int right = row.Length - ImageBuffer.Channels;
            for (int left = 0; left < right; left += ImageBuffer.Channels, right -= ImageBuffer.Channels)
            {
                (row[left], row[right]) = (row[right], row[left]);
                (row[left + 1], row[right + 1]) = (row[right + 1], row[left + 1]);
                (row[left + 2], row[right + 2]) = (row[right + 2], row[left + 2]);
            }
        }
    }
}
