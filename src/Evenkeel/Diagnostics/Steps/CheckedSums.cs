namespace Evenkeel.Diagnostics.Steps;

/// <summary>Networks whose convolutions gather the gradient sums of the batch normalisation before them.</summary>
internal static class CheckedSums
{
    /// <inheritdoc cref="CheckedWhitening.All"/>
    public static (string Name, int Batch, int[] Input, Func<Network, Network> Build)[] All { get; } =
    [
        (
            "normalised between convolutions",
            3,
            [9, 9, 12],
            n => n.Conv2d(20, 3, padding: 1, bias: false).BatchNorm().Relu().Conv2d(9, 3, padding: 1)
        ),
        (
            "residual before a convolution",
            3,
            [9, 9, 20],
            n =>
                n.Conv2d(20, 3, padding: 1)
                    .Residual(null, b => b.Conv2d(20, 3, padding: 1, bias: false).BatchNorm())
                    .Relu()
                    .Conv2d(9, 3, padding: 1)
        ),
    ];
}
