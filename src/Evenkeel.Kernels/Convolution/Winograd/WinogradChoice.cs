using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// Which convolutions go by minimal filtering, and by which tiles: those of 3x3 to 5x5 taps of stride 1, and with strides those that have so many on the phases
/// of what they see (<see cref="InputPhases"/>), where counting says that it takes less, by shape alone, so that results do not depend on the threads. It makes
/// 16, 36 or 64 multiplications per tile and pair of channels, where the plain sum makes one per output and tap, or fewer at borders, where it leaves the padding
/// out. Tiles of fewer outputs at the end of an axis take fewer. Against that stand the transforms.
/// </summary>
internal static class WinogradChoice
{
    // Tiles of a narrow group are one register wide and cost half of what is counted.
    private const int FewestChannels = 16;

    // A product of fewer steps is mostly its beginning and its end.
    private const int FewestInputs = 8;

    // To read a weight's 16 to 64 values from the last cache or from memory, beside its taps, takes so much of what it takes to transform it.
    private const double PackedReads = 0.1;

    /// <summary>How to multiply <paramref name="grid"/> by weights of so many columns.</summary>
    public static ConvolutionMethod ForProduct(in PatchGrid grid, int columns, ConvolutionMethod method) =>
        Choose(grid, columns, method, weights: 1, sums: 0);

    /// <summary>How to multiply <paramref name="grid"/> by weights of so many columns that were packed, and transformed, before.</summary>
    public static ConvolutionMethod ForPacked(in PatchGrid grid, int columns) =>
        Choose(grid, columns, ConvolutionMethod.ByShape, weights: PackedReads, sums: 0);

    /// <summary>How to compute the gradient of weights of so many columns.</summary>
    /// <param name="grid">The grid of the forward pass.</param>
    /// <param name="columns">Output channels.</param>
    /// <param name="method">What was asked for.</param>
    public static ConvolutionMethod ForWeights(in PatchGrid grid, int columns, ConvolutionMethod method) =>
        Choose(grid, columns, method, weights: 0, sums: 1);

    private static ConvolutionMethod Choose(
        in PatchGrid grid,
        int columns,
        ConvolutionMethod method,
        double weights,
        double sums
    )
    {
        if (!IsPossible(grid))
            return ConvolutionMethod.Direct;
        int taps = Partition.CeilingDivide(grid.TapsY, grid.StepY);
        if (method != ConvolutionMethod.ByShape)
            return method == ConvolutionMethod.FourPoints && taps > 3 ? ConvolutionMethod.Direct : method;
        PatchGrid seen = InputPhases.Of(grid);
        if (Math.Max(seen.Channels, columns) < FewestChannels || seen.Channels < FewestInputs)
            return ConvolutionMethod.Direct;
        double plain =
            grid.Batch
            * Used(grid.PositionsY, grid.StepY, (grid.FirstY, grid.TapsY), grid.Height)
            * Used(grid.PositionsX, grid.StepX, (grid.FirstX, grid.TapsX), grid.Width)
            * grid.Channels
            * InVectors(columns);
        double four = taps > 3 ? double.MaxValue : FourPoints.Count(seen, columns, weights, sums),
            six = SixPoints.Count(seen, columns, weights, sums),
            eight = EightPoints.Count(seen, columns, weights, sums),
            least = Math.Min(four, Math.Min(six, eight));
        return plain <= least ? ConvolutionMethod.Direct
            : four <= least ? ConvolutionMethod.FourPoints
            : six <= least ? ConvolutionMethod.SixPoints
            : ConvolutionMethod.EightPoints;
    }

    // Phases are put together of whole pixels, and have as many taps along both axes.
    private static bool IsPossible(in PatchGrid grid)
    {
        int tapsY = Partition.CeilingDivide(grid.TapsY, grid.StepY),
            tapsX = Partition.CeilingDivide(grid.TapsX, grid.StepX);
        return tapsY == tapsX
            && tapsY is >= 3 and <= 5
            && grid.StepY == grid.StepX
            && grid.TargetStepX == grid.TargetPixel
            && (grid.StepY == 1 || grid.PixelStride == grid.Channels);
    }

    // Taps that lie inside the image, over all positions along one axis.
    private static double Used(int positions, int step, (int First, int Count) taps, int length)
    {
        double used = 0;
        for (int tap = taps.First; tap < taps.First + taps.Count; tap++)
        {
            int first = Partition.CeilingDivide(Math.Max(0, -tap), step),
                end = tap < length ? ((length - 1 - tap) / step) + 1 : 0;
            used += Math.Max(0, Math.Min(positions, end) - first);
        }

        return used;
    }

    // Lanes that are not used cost as much.
    private static double InVectors(int channels) => (channels + 15) / 16 * 16;

    // In multiplications of the plain sum. What is chosen took 1.04 times the least time on the mean of 47 convolutions on two threads of Zen 4: 3x3 of 32 to 256
    // channels and maps of 7x7 to 56x56, 5x5 and some with strides, 1 or 32 images; for nine in ten at most 1.1 times.
    private static Cost FourPoints => new(4, 0.75, 50, 250, 500);

    private static Cost SixPoints => new(6, 0.85, 100, 1200, 1000);

    private static Cost EightPoints => new(8, 0.85, 320, 3200, 4000);

    /// <param name="Points">Points along each axis, as many as elements of a window.</param>
    /// <param name="Multiplication">One of a product.</param>
    /// <param name="TileChannel">The way there for an input channel of a tile, or back for an output channel.</param>
    /// <param name="Weight">To transform a weight.</param>
    /// <param name="Sum">To clear, add up and transform the sums of its gradient.</param>
    private readonly record struct Cost(
        int Points,
        double Multiplication,
        double TileChannel,
        double Weight,
        double Sum
    )
    {
        // What each small product takes besides, in channels.
        private const int StartSteps = 4;

        public double Count(in PatchGrid grid, int columns, double weights, double sums)
        {
            double tiles = grid.Batch * Tiles(grid.PositionsY, grid.TapsY) * Tiles(grid.PositionsX, grid.TapsX);
            double products = (double)Points * Points * (grid.Channels + StartSteps) * InVectors(columns);
            double transforms = TileChannel * (InVectors(grid.Channels) + InVectors(columns));
            return (tiles * ((Multiplication * products) + transforms))
                + (((weights * Weight) + (sums * Sum)) * grid.Channels * columns);
        }

        // The last tile of an axis has fewer elements if it has fewer outputs. Where it is one of two, that saves half as much: the products of what it lacks
        // have few rows, and read as many weights.
        private double Tiles(int positions, int taps)
        {
            (int whole, int rest) = Math.DivRem(positions, Points - taps + 1);
            if (rest == 0)
                return whole;
            double part = (rest + taps - 1) / (double)Points;
            return whole + (whole == 1 ? (1 + part) / 2 : part);
        }
    }
}
