using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;

namespace Evenkeel.Onnx.Operators;

/// <summary>A window over one, two or three dimensions as the file gives it; each list has a number per dimension.</summary>
/// <param name="Kernel">Sizes.</param>
/// <param name="Strides">Steps.</param>
/// <param name="Dilations">Distances between the kernel's taps.</param>
/// <param name="Begin">Padding before the values.</param>
/// <param name="End">Padding behind the values.</param>
internal sealed record SlidingWindow(int[] Kernel, int[] Strides, int[] Dilations, int[] Begin, int[] End)
{
    /// <summary>Positions that the kernel spans.</summary>
    public int[] Reach => [.. Kernel.Zip(Dilations, (k, d) => checked(((k - 1) * d) + 1))];

    public bool HasDilation => Dilations.Any(d => d != 1);

    public bool HasPadding => Begin.Concat(End).Any(p => p != 0);

    /// <summary>The window over the last two dimensions as layers have it, dilation written out.</summary>
    public Window Plane =>
        new(Reach[^2], Reach[^1])
        {
            StrideY = Strides[^2],
            StrideX = Strides[^1],
            PadTop = Begin[^2],
            PadLeft = Begin[^1],
            PadBottom = End[^2],
            PadRight = End[^1],
        };

    /// <summary>The window over the first dimension alone.</summary>
    public AxisWindow First =>
        new(Reach[0])
        {
            Stride = Strides[0],
            Before = Begin[0],
            After = End[0],
        };

    /// <summary>A convolution with this window.</summary>
    public ConvolutionLayer ToConvolution(int filters, bool bias) =>
        Kernel.Length switch
        {
            1 => new Conv1d(filters, First, bias),
            2 => new Conv2d(filters, Plane, bias),
            _ => new Conv3d(filters, First, Plane, bias),
        };

    /// <summary>Max pooling with this window.</summary>
    public Layer ToMaxPooling() =>
        Kernel.Length switch
        {
            1 => new MaxPool1d(First),
            2 => new MaxPool2d(Plane),
            _ => new MaxPool3d(First, Plane),
        };

    /// <summary>Mean pooling with this window.</summary>
    public Layer ToAveragePooling(AverageDivisor divisor) =>
        Kernel.Length switch
        {
            1 => new AveragePool1d(First, divisor),
            2 => new AveragePool2d(Plane, divisor),
            _ => new AveragePool3d(First, Plane, divisor),
        };

    /// <summary>A window over a line as one over an image of one row.</summary>
    public SlidingWindow OverImage() =>
        Kernel.Length > 1
            ? this
            : new SlidingWindow([1, .. Kernel], [1, .. Strides], [1, .. Dilations], [0, .. Begin], [0, .. End]);
}
