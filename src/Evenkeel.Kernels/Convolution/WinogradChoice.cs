namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// Which convolutions go by minimal filtering: 3x3 kernels of stride 1 where counting says that it takes less, by shape alone, so
/// that results do not depend on the threads. It makes 16 multiplications per tile of 2x2 outputs and pair of channels where the
/// plain sum makes 36, or fewer at borders, where it leaves the padding out and tiles may stick out. Against that stand the
/// transforms. With the factors below the count agrees with what was measured within a tenth, from 16 to 320 channels, maps of
/// 3x3 to 56x56 and 1 to 128 images.
/// </summary>
internal static class WinogradChoice
{
    // The way there for an input channel of a tile, or back for an output channel: as long as so many multiplications.
    private const double TileChannel = 160;

    // To transform a weight at each call; twice that to clear, add up and transform the sums of its gradient.
    private const double Weight = 200;

    /// <summary>Whether to multiply <paramref name="grid"/> by weights of so many columns this way.</summary>
    public static bool ForProduct(in PatchGrid grid, int columns, ConvolutionMethod method) =>
        Choose(grid, columns, method, Weight);

    /// <summary>Whether to compute the gradient of weights of so many columns this way.</summary>
    /// <param name="grid">The grid of the forward pass.</param>
    /// <param name="columns">Output channels.</param>
    /// <param name="method">What was asked for.</param>
    public static bool ForWeights(in PatchGrid grid, int columns, ConvolutionMethod method) =>
        Choose(grid, columns, method, 2 * Weight);

    private static bool Choose(in PatchGrid grid, int columns, ConvolutionMethod method, double perWeight)
    {
        bool possible = grid is { TapsY: 3, TapsX: 3, StepY: 1, StepX: 1 } && grid.TargetStepX == grid.TargetPixel;
        if (!possible || method != ConvolutionMethod.ByShape)
            return possible && method == ConvolutionMethod.Winograd;
        double pairs = (double)grid.Channels * columns;
        double plain =
            grid.Batch
            * Used(grid.PlacesY, grid.FirstY, grid.Height)
            * Used(grid.PlacesX, grid.FirstX, grid.Width)
            * pairs;
        double tiles = grid.Batch * (double)((grid.PlacesY + 1) / 2) * ((grid.PlacesX + 1) / 2);
        double tile = (WinogradPlan.Planes * pairs) + (TileChannel * (grid.Channels + columns));
        return (tiles * tile) + (perWeight * pairs) < plain;
    }

    // Taps that lie inside the image, over all places along one axis.
    private static double Used(int places, int first, int length)
    {
        double used = 0;
        for (int tap = first; tap < first + 3; tap++)
            used += Math.Max(0, Math.Min(places, length - tap) - Math.Max(0, -tap));
        return used;
    }
}
