using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Convolution;

namespace Evenkeel.Kernels.Tests.Convolution;

/// <summary>Convolutions for every remainder of tiles, vectors and padding.</summary>
internal static class WinogradShapes
{
    // Up to three vectors of each width and one channel more.
    private static readonly (int Inputs, int Outputs)[] _channels =
    [
        (1, 1),
        (2, 5),
        (4, 9),
        (13, 8),
        (17, 16),
        (24, 33),
        (49, 49),
    ];

    private static readonly (int Height, int Width, int Stride)[] _kernels =
    [
        (4, 4, 1),
        (5, 5, 1),
        (7, 7, 2),
        (6, 5, 2),
        (9, 10, 2),
        (11, 11, 4),
        (7, 9, 3),
    ];

    // Without wide vectors the wide lanes run through emulation, many times slower: every fifth shape is enough there.
    private static int Stride => Vector256.IsHardwareAccelerated ? 1 : 5;

    /// <summary>3x3 kernels of stride 1 on all heights and widths to 9 with each padding; channels and batches take turns.</summary>
    public static IEnumerable<(ConvolutionShape Shape, int Batch)> Small => All.Where((_, i) => i % Stride == 0);

    private static IEnumerable<(ConvolutionShape Shape, int Batch)> All
    {
        get
        {
            int turn = 0;
            for (int height = 1; height <= 9; height++)
            {
                for (int width = 1; width <= 9; width++)
                {
                    for (int padding = 0; padding <= 2; padding++)
                    {
                        int padLeft = (padding + turn) % 3;
                        if (height + (2 * padding) < 3 || width + (2 * padLeft) < 3)
                            continue;
                        (int inputs, int outputs) = _channels[turn % _channels.Length];
                        yield return (Of(height, width, inputs, outputs, padding, padLeft), 1 + (turn % 3));
                        turn++;
                    }
                }
            }

            // Blocks of several tiles of a product, and groups of several blocks.
            yield return (Of(15, 31, 20, 40, 1, 1), 3);
            yield return (Of(63, 61, 3, 5, 1, 1), 3);
            yield return (Of(63, 61, 300, 2, 1, 1), 1);
            yield return (Of(4, 5, 3, 2, 1, 1), 0);
            yield return (Of(6, 7, 12, 18, 1, 1) with { Groups = 3 }, 2);
            yield return (Of(5, 6, 2, 3, 1, 1) with { OutputHeight = 6, OutputWidth = 5 }, 2);
        }
    }

    /// <summary>
    /// Kernels and strides that six and eight points take beside 3x3 of stride 1: as many taps, or as many on phases, some with taps behind the kernel's last. Outputs of
    /// every remainder of tiles, each padding; channels and batches take turns.
    /// </summary>
    public static IEnumerable<(ConvolutionShape Shape, int Batch)> Taps => AllTaps.Where((_, i) => i % Stride == 0);

    private static IEnumerable<(ConvolutionShape Shape, int Batch)> AllTaps
    {
        get
        {
            int turn = 0;
            foreach ((int height, int width, int stride) in _kernels)
            {
                for (int outputs = 1; outputs <= 8; outputs++)
                {
                    for (int more = 0; more < 3; more++)
                    {
                        (int inputs, int columns) = _channels[turn % _channels.Length];
                        (int padTop, int padLeft) = (turn % height, (turn + more) % width);
                        yield return (
                            new ConvolutionShape
                            {
                                // Lines may end before the kernel does, or behind it.
                                Height = Math.Max(1, ((outputs - 1) * stride) + height - padTop - (turn % 3) + 1),
                                Width = Math.Max(1, ((outputs + more - 1) * stride) + width - padLeft - (turn % 2)),
                                InputChannels = inputs,
                                OutputChannels = columns,
                                KernelHeight = height,
                                KernelWidth = width,
                                StrideY = stride,
                                StrideX = stride,
                                PadTop = padTop,
                                PadLeft = padLeft,
                                OutputHeight = outputs,
                                OutputWidth = outputs + more,
                            },
                            1 + (turn % 3)
                        );
                        turn++;
                    }
                }
            }

            // Blocks of several tiles of a product, and groups of several blocks.
            yield return (ConvolutionShapes.Square(61, 3, 40, 7, 2), 3);
            yield return (ConvolutionShapes.Square(33, 20, 17, 5, 1), 2);
            yield return (ConvolutionShapes.Square(31, 3, 5, 7, 2), 0);
            yield return (ConvolutionShapes.Square(9, 12, 18, 5, 1) with { Groups = 3 }, 2);
        }
    }

    /// <summary>The way that has so many points along each axis.</summary>
    public static ConvolutionMethod Method(int points) =>
        points switch
        {
            4 => ConvolutionMethod.FourPoints,
            6 => ConvolutionMethod.SixPoints,
            _ => ConvolutionMethod.EightPoints,
        };

    /// <summary>All that six and eight points take.</summary>
    public static IEnumerable<(ConvolutionShape Shape, int Batch)> Large => Small.Concat(Taps);

    /// <summary>Layers as networks have them, cut down, with several groups and blocks of tiles.</summary>
    public static IEnumerable<(ConvolutionShape Shape, int Batch)> Layers =>
        Vector256.IsHardwareAccelerated
            ?
            [
                (ConvolutionShapes.Square(28, 64, 96, 3, 1), 2),
                (ConvolutionShapes.Square(14, 130, 70, 3, 1), 5),
                (ConvolutionShapes.Square(7, 36, 50, 3, 1), 13),
                (ConvolutionShapes.Square(7, 300, 36, 3, 1), 1),
                (ConvolutionShapes.Square(27, 40, 36, 5, 1), 2),
                (ConvolutionShapes.Square(64, 3, 64, 7, 2), 3),
                (ConvolutionShapes.Square(63, 3, 36, 11, 4), 3),
            ]
            : [(ConvolutionShapes.Square(7, 36, 50, 3, 1), 13)];

    private static ConvolutionShape Of(int height, int width, int inputs, int outputs, int padTop, int padLeft) =>
        new()
        {
            Height = height,
            Width = width,
            InputChannels = inputs,
            OutputChannels = outputs,
            KernelHeight = 3,
            KernelWidth = 3,
            PadTop = padTop,
            PadLeft = padLeft,
            OutputHeight = height + (2 * padTop) - 2,
            OutputWidth = width + (2 * padLeft) - 2,
        };
}
