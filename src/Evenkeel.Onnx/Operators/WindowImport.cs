using Evenkeel.Layers;
using Evenkeel.Onnx.Import;

namespace Evenkeel.Onnx.Operators;

/// <summary>A window over an image as the file gives it; one dimension is a window of one row.</summary>
/// <param name="Kernel">Rows and columns.</param>
/// <param name="Strides">Step downwards and across.</param>
/// <param name="Dilations">Distance of the kernel's places.</param>
/// <param name="Begin">Padding above and on the left.</param>
/// <param name="End">Padding below and on the right.</param>
internal sealed record ImageWindow(int[] Kernel, int[] Strides, int[] Dilations, int[] Begin, int[] End)
{
    /// <summary>Rows and columns that the kernel reaches over.</summary>
    public int[] Reach => [.. Kernel.Zip(Dilations, (k, d) => checked(((k - 1) * d) + 1))];

    public bool HasDilation => Dilations.Any(d => d != 1);

    public bool HasPadding => Begin.Concat(End).Any(p => p != 0);

    /// <summary>The window as layers have it, dilation written out.</summary>
    public Window ToWindow() =>
        new(Reach[0], Reach[1])
        {
            StrideY = Strides[0],
            StrideX = Strides[1],
            PadTop = Begin[0],
            PadLeft = Begin[1],
            PadBottom = End[0],
            PadRight = End[1],
        };
}

/// <summary>Reads windows, with all ways of saying how an image is padded.</summary>
internal static class WindowImport
{
    private const int MostPadding = 1 << 16;

    /// <summary>A signal over one or two dimensions as an image.</summary>
    public static Signal AsImage(NodeImport node, Signal signal) =>
        signal.Rank switch
        {
            3 => node.Network.ChannelsLast(signal),
            2 => node.Network.Renamed(
                $"{node.OwnName}.image",
                node.Network.ChannelsLast(signal),
                [signal.Dimensions[0], 1, signal.Dimensions[1]],
                Layout.ChannelsLast
            ),
            _ => throw new UnsupportedException(
                $"it works on {signal.Rank - 1} dimensions; images and single lines are supported"
            ),
        };

    /// <summary>An image as what <see cref="AsImage"/> was given.</summary>
    public static Signal FromImage(NodeImport node, Signal image, Signal original) =>
        original.Rank == 3
            ? image
            : node.Network.Renamed(
                $"{node.OwnName}.line",
                image,
                [image.Dimensions[0], image.Dimensions[2]],
                Layout.ChannelsLast
            );

    /// <summary>Reads the window of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="image">What it slides over.</param>
    /// <param name="kernel">Kernel from the weights; null to take the attribute.</param>
    public static ImageWindow Read(NodeImport node, Signal image, long[]? kernel = null)
    {
        long[] size = node.Ints("kernel_shape") ?? kernel ?? throw new UnsupportedException("kernel_shape is missing");
        int[] window = Pair(size, 1, "kernel_shape"),
            strides = Pair(node.Ints("strides"), 1, "strides"),
            dilations = Pair(node.Ints("dilations"), 1, "dilations");
        if (window.Concat(strides).Concat(dilations).Any(n => n < 1))
            throw new UnsupportedException("kernel, strides and dilations must be 1 or more");
        var plain = new ImageWindow(window, strides, dilations, [0, 0], [0, 0]);
        string automatic = node.Text("auto_pad", "NOTSET");
        ImageWindow padded = automatic switch
        {
            "NOTSET" or "" => Explicit(node, plain),
            "VALID" => plain,
            "SAME_UPPER" or "SAME_LOWER" => Same(plain, image, automatic == "SAME_UPPER"),
            _ => throw new UnsupportedException($"auto_pad {automatic} is unknown"),
        };
        return padded.Begin.Concat(padded.End).All(p => p is >= 0 and <= MostPadding)
            ? padded
            : throw new UnsupportedException("padding is negative or exceeds 65536");
    }

    /// <summary>
    /// The window with as much padding at the ends as rounding the number of places up needs; the last place still begins over the
    /// image or the padding before it.
    /// </summary>
    public static ImageWindow RoundedUp(ImageWindow window, Signal image)
    {
        int[] end = [.. window.End];
        for (int axis = 0; axis < 2; axis++)
        {
            int length = image.Dimensions[axis + 1],
                stride = window.Strides[axis],
                rest = length + window.Begin[axis] + window.End[axis] - window.Reach[axis];
            // A window larger than the image has one place if it is so by less than a step.
            if (rest <= -stride)
                continue;
            int places = ((rest + stride - 1) / stride) + 1;
            if ((places - 1) * stride >= length + window.Begin[axis])
                places--;
            end[axis] += Math.Max(0, ((places - 1) * stride) - rest);
        }

        return window with
        {
            End = end,
        };
    }

    /// <summary>
    /// The window without padding at the ends that no place reaches, which exporters write where they round a size up themselves.
    /// </summary>
    public static ImageWindow WithoutUnused(ImageWindow window, Signal image)
    {
        int[] end =
        [
            .. window.End.Select(
                (padding, axis) =>
                {
                    int rest = image.Dimensions[axis + 1] + window.Begin[axis] + padding - window.Reach[axis];
                    return rest < 0 ? padding : Math.Max(0, padding - (rest % window.Strides[axis]));
                }
            ),
        ];
        return window with { End = end };
    }

    /// <summary>Two numbers, for rows and columns; of one dimension, the second.</summary>
    public static int[] Pair(long[]? values, int otherwise, string what) =>
        values switch
        {
            null => [otherwise, otherwise],
            [long only] => [otherwise, checked((int)only)],
            [long first, long second] => [checked((int)first), checked((int)second)],
            _ => throw new UnsupportedException($"{what} has {values.Length} numbers; one or two are supported"),
        };

    private static ImageWindow Explicit(NodeImport node, ImageWindow window) =>
        node.Ints("pads") switch
        {
            null => window,
            [long left, long right] => window with { Begin = [0, checked((int)left)], End = [0, checked((int)right)] },
            [long top, long left, long bottom, long right] => window with
            {
                Begin = [checked((int)top), checked((int)left)],
                End = [checked((int)bottom), checked((int)right)],
            },
            _ => throw new UnsupportedException("pads has another length than the image has sides"),
        };

    private static ImageWindow Same(ImageWindow window, Signal image, bool restAtEnd)
    {
        int[] begin = new int[2],
            end = new int[2];
        for (int axis = 0; axis < 2; axis++)
        {
            int length = image.Dimensions[axis + 1],
                stride = window.Strides[axis],
                places = (length + stride - 1) / stride,
                total = Math.Max(0, ((places - 1) * stride) + window.Reach[axis] - length);
            begin[axis] = restAtEnd ? total / 2 : total - (total / 2);
            end[axis] = total - begin[axis];
        }

        return window with
        {
            Begin = begin,
            End = end,
        };
    }
}
