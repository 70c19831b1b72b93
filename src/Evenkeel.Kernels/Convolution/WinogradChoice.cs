namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// Which convolutions go by minimal filtering: 3x3 kernels of stride 1, by shape alone, so that results do not depend on the threads.
/// It makes 16 multiplications of 36, but has to transform inputs, weights and outputs, which large sums pay for.
/// </summary>
internal static class WinogradChoice
{
    // A transformed pixel is used once per column, a product comes from one sum per channel: with 16 of both, the way there and
    // back takes what the products save.
    private const int FewestChannels = 32;

    // The weights are transformed at each call; with fewer tiles to use them that takes longer than it saves.
    private const int FewestTiles = 40;

    /// <summary>Whether to multiply <paramref name="grid"/> by weights of so many columns this way.</summary>
    public static bool ForProduct(in PatchGrid grid, int columns, ConvolutionMethod method)
    {
        bool possible = grid is { TapsY: 3, TapsX: 3, StepY: 1, StepX: 1 } && grid.TargetStepX == grid.TargetPixel;
        if (!possible || method != ConvolutionMethod.ByShape)
            return possible && method == ConvolutionMethod.Winograd;
        long tiles = grid.Batch * ((grid.PlacesY + 1L) / 2) * ((grid.PlacesX + 1L) / 2);
        return grid.Channels >= FewestChannels && columns >= FewestChannels && tiles >= FewestTiles;
    }

    /// <summary>Whether to compute the gradient of the weights this way.</summary>
    public static bool ForWeights(in ConvolutionShape s, int batch, ConvolutionMethod method)
    {
        bool possible = s is { KernelHeight: 3, KernelWidth: 3, StrideY: 1, StrideX: 1 };
        if (!possible || method != ConvolutionMethod.ByShape)
            return possible && method == ConvolutionMethod.Winograd;
        long tiles = batch * ((s.OutputHeight + 1L) / 2) * ((s.OutputWidth + 1L) / 2);
        return s.GroupInputs >= FewestChannels && s.GroupOutputs >= FewestChannels && tiles >= FewestTiles;
    }
}
