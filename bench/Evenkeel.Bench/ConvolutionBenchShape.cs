namespace Evenkeel.Bench;

/// <summary>A convolution of square images with a square kernel, padded by half the kernel.</summary>
internal readonly record struct ConvolutionBenchShape(
    string Class,
    int Batch,
    int Side,
    int Inputs,
    int Outputs,
    int Kernel,
    int Stride
)
{
    /// <summary>Layers of BN-Inception at 224x224 and of a small residual network at 32x32.</summary>
    public static readonly ConvolutionBenchShape[] All =
    [
        new("7x7/2", 32, 224, 3, 64, 7, 2),
        new("1x1", 32, 56, 64, 64, 1, 1),
        new("3x3", 32, 56, 64, 192, 3, 1),
        new("1x1", 32, 28, 192, 64, 1, 1),
        new("1x1", 32, 28, 320, 128, 1, 1),
        new("3x3", 32, 28, 64, 64, 3, 1),
        new("3x3", 32, 28, 64, 96, 3, 1),
        new("3x3/2", 32, 28, 128, 160, 3, 2),
        new("1x1", 32, 14, 576, 224, 1, 1),
        new("1x1", 32, 14, 576, 96, 1, 1),
        new("3x3", 32, 14, 96, 128, 3, 1),
        new("3x3", 32, 14, 160, 192, 3, 1),
        new("3x3/2", 32, 14, 192, 256, 3, 2),
        new("1x1", 32, 7, 1024, 352, 1, 1),
        new("1x1", 32, 7, 1024, 128, 1, 1),
        new("3x3", 32, 7, 192, 320, 3, 1),
        new("3x3", 32, 7, 160, 224, 3, 1),
        new("cifar", 128, 32, 3, 16, 3, 1),
        new("cifar", 128, 32, 16, 16, 3, 1),
        new("cifar", 128, 16, 32, 32, 3, 1),
        new("cifar", 128, 8, 64, 64, 3, 1),
    ];

    /// <summary>Side of an output image.</summary>
    public int OutputSide => ((Side + (Kernel / 2 * 2) - Kernel) / Stride) + 1;

    /// <summary>Multiplications and additions of one pass; those with zeros of the padding are counted.</summary>
    public double Operations => 2.0 * Batch * OutputSide * OutputSide * Outputs * Inputs * Kernel * Kernel;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Kernel}x{Kernel}{(Stride > 1 ? $"/{Stride}" : "")} {Inputs}->{Outputs} @{Side}";
}
