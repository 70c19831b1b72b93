using Evenkeel.Kernels.Convolution;

namespace Evenkeel.Kernels.Tests.Convolution;

/// <summary>Small shapes that reach every border, stride, tail and grouping.</summary>
internal static class ConvolutionShapes
{
    private static readonly (int Kernel, int KernelX, int Stride, int StrideX, int Pad, int PadX)[] _windows =
    [
        (1, 1, 1, 1, 0, 0),
        (1, 1, 2, 2, 0, 0),
        (1, 1, 3, 2, 0, 0),
        (2, 2, 1, 1, 0, 1),
        (2, 2, 2, 2, 1, 0),
        (3, 3, 1, 1, 1, 1),
        (3, 3, 2, 2, 1, 1),
        (3, 3, 2, 2, 0, 0),
        (3, 3, 3, 3, 2, 1),
        (1, 3, 1, 1, 0, 1),
        (5, 2, 2, 1, 3, 0),
        (5, 5, 1, 1, 2, 2),
        (5, 5, 3, 1, 0, 2),
        (7, 7, 2, 2, 3, 3),
        (2, 3, 3, 3, 0, 0),
    ];

    // Below, at and above one, two and three vectors of every width.
    private static readonly (int Inputs, int Outputs, int Groups)[] _channels =
    [
        (1, 1, 1),
        (3, 16, 1),
        (5, 33, 1),
        (17, 7, 1),
        (9, 24, 1),
        (32, 32, 1),
        (49, 49, 1),
        (6, 9, 3),
        (34, 66, 2),
    ];

    private static readonly (int Height, int Width, int Batch)[] _images =
    [
        (1, 1, 1),
        (7, 5, 3),
        (6, 15, 1),
        (4, 3, 0),
    ];

    public static IEnumerable<(ConvolutionShape Shape, int Batch)> Small
    {
        get
        {
            foreach (var w in _windows)
            {
                foreach ((int inputs, int outputs, int groups) in _channels)
                {
                    foreach ((int height, int width, int batch) in _images)
                        yield return (Of(w, inputs, outputs, groups, height, width), batch);
                }
            }
        }
    }

    /// <summary>Layers as networks have them, cut down: each way that the kernels go by shape.</summary>
    public static IEnumerable<(ConvolutionShape Shape, int Batch)> Layers =>
        [
            (Square(28, 3, 16, 7, 2), 2),
            (Square(17, 40, 33, 1, 1), 2),
            (Square(14, 130, 70, 1, 1), 1),
            (Square(14, 33, 48, 3, 1), 3),
            (Square(15, 35, 40, 3, 2), 2),
            (Square(6, 5, 7, 3, 2), 37),
            (Square(7, 36, 50, 3, 1), 12),
            (Square(7, 300, 36, 3, 1), 1),
            (Square(5, 1024, 70, 1, 1), 2),
            (Square(6, 24, 32, 3, 1) with { Groups = 4 }, 12),
        ];

    /// <summary>A square image and kernel, padded by half the kernel.</summary>
    public static ConvolutionShape Square(int side, int inputs, int outputs, int kernel, int stride) =>
        new()
        {
            Height = side,
            Width = side,
            InputChannels = inputs,
            OutputChannels = outputs,
            KernelHeight = kernel,
            KernelWidth = kernel,
            StrideY = stride,
            StrideX = stride,
            PadTop = kernel / 2,
            PadLeft = kernel / 2,
            OutputHeight = ((side + (kernel / 2 * 2) - kernel) / stride) + 1,
            OutputWidth = ((side + (kernel / 2 * 2) - kernel) / stride) + 1,
        };

    // One more row than a full window fits, so that padding below and to the right differs from that above and to the left.
    private static ConvolutionShape Of(
        (int Kernel, int KernelX, int Stride, int StrideX, int Pad, int PadX) w,
        int inputs,
        int outputs,
        int groups,
        int height,
        int width
    ) =>
        new()
        {
            Height = height,
            Width = width,
            InputChannels = inputs,
            OutputChannels = outputs,
            KernelHeight = w.Kernel,
            KernelWidth = w.KernelX,
            StrideY = w.Stride,
            StrideX = w.StrideX,
            PadTop = w.Pad,
            PadLeft = w.PadX,
            OutputHeight = Math.Max(1, ((height + (2 * w.Pad) - w.Kernel) / w.Stride) + 1),
            OutputWidth = Math.Max(1, ((width + (2 * w.PadX) - w.KernelX + w.StrideX) / w.StrideX) + 1),
            Groups = groups,
        };
}
