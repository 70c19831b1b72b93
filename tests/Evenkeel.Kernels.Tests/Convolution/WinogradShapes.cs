using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Convolution;

namespace Evenkeel.Kernels.Tests.Convolution;

/// <summary>3x3 convolutions of stride 1 for every remainder of tiles, vectors and padding.</summary>
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

    // Without wide vectors the wide lanes run through emulation, many times slower: every fifth shape is enough there.
    private static int Stride => Vector256.IsHardwareAccelerated ? 1 : 5;

    /// <summary>All heights and widths to 9 with each padding; channels and batches take turns.</summary>
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

    /// <summary>Layers as networks have them, cut down, with several groups and blocks of tiles.</summary>
    public static IEnumerable<(ConvolutionShape Shape, int Batch)> Layers =>
        Vector256.IsHardwareAccelerated
            ?
            [
                (ConvolutionShapes.Square(28, 64, 96, 3, 1), 2),
                (ConvolutionShapes.Square(14, 130, 70, 3, 1), 5),
                (ConvolutionShapes.Square(7, 36, 50, 3, 1), 13),
                (ConvolutionShapes.Square(7, 300, 36, 3, 1), 1),
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
