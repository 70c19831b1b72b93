using Evenkeel.Graphs;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Reads windows, with all ways of saying how an image is padded.</summary>
internal static class WindowImport
{
    private const int MaxPadding = 1 << 16;

    /// <summary>A value over one to three dimensions with its channels last.</summary>
    public static ComputedValue Positions(NodeImport node, ComputedValue value) =>
        value.Rank is >= 2 and <= 4
            ? node.Network.ChannelsLast(value)
            : throw new UnsupportedException(
                $"it works on {value.Rank - 1} dimensions; lines, images and volumes (1 to 3) are supported"
            );

    /// <summary>Appends a layer with a window.</summary>
    public static ComputedValue Append(NodeImport node, string name, Layer layer, ComputedValue x)
    {
        Shape shape = layer.InferShape([x.Shape]);
        return node.Network.Append(name, layer, [x], [shape.Channels, .. shape.Dimensions[..^1]], Layout.ChannelsLast);
    }

    /// <summary>Reads the window of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="x">What it slides over.</param>
    /// <param name="kernel">Kernel from the weights; null to take the attribute.</param>
    public static SlidingWindow Read(NodeImport node, ComputedValue x, long[]? kernel = null)
    {
        long[] size = node.Ints("kernel_shape") ?? kernel ?? throw new UnsupportedException("kernel_shape is missing");
        int count = x.Rank - 1;
        int[] window = Numbers(size, 1, count, "kernel_shape"),
            strides = Numbers(node.Ints("strides"), 1, count, "strides"),
            dilations = Numbers(node.Ints("dilations"), 1, count, "dilations");
        if (window.Concat(strides).Concat(dilations).Any(n => n < 1))
            throw new UnsupportedException("kernel, strides and dilations must be 1 or more");
        var plain = new SlidingWindow(window, strides, dilations, new int[count], new int[count]);
        string automatic = node.Text("auto_pad", "NOTSET");
        SlidingWindow padded = automatic switch
        {
            "NOTSET" or "" => Explicit(node, plain),
            "VALID" => plain,
            "SAME_UPPER" or "SAME_LOWER" => Same(plain, x, automatic == "SAME_UPPER"),
            _ => throw new UnsupportedException($"auto_pad {automatic} is unknown"),
        };
        return padded.Begin.Concat(padded.End).All(p => p is >= 0 and <= MaxPadding)
            ? padded
            : throw new UnsupportedException("padding is negative or exceeds 65536");
    }

    /// <summary>
    /// The window with as much padding at the ends as rounding the number of outputs up needs; the last window still begins over the
    /// image or the padding before it.
    /// </summary>
    public static SlidingWindow RoundedUp(SlidingWindow window, ComputedValue x)
    {
        int[] end = [.. window.End];
        for (int axis = 0; axis < window.Kernel.Length; axis++)
        {
            int length = x.Dimensions[axis + 1],
                stride = window.Strides[axis],
                rest = length + window.Begin[axis] + window.End[axis] - window.Reach[axis];
            // A window larger than the image makes one output if it is so by less than a step.
            if (rest <= -stride)
                continue;
            int outputs = ((rest + stride - 1) / stride) + 1;
            if ((outputs - 1) * stride >= length + window.Begin[axis])
                outputs--;
            end[axis] += Math.Max(0, ((outputs - 1) * stride) - rest);
        }

        return window with
        {
            End = end,
        };
    }

    /// <summary>
    /// The window without padding at the ends that no output reads, which exporters write where they round a size up themselves.
    /// </summary>
    public static SlidingWindow WithoutUnused(SlidingWindow window, ComputedValue x)
    {
        int[] end =
        [
            .. window.End.Select(
                (padding, axis) =>
                {
                    int rest = x.Dimensions[axis + 1] + window.Begin[axis] + padding - window.Reach[axis];
                    return rest < 0 ? padding : Math.Max(0, padding - (rest % window.Strides[axis]));
                }
            ),
        ];
        return window with { End = end };
    }

    /// <summary>A number for each dimension.</summary>
    public static int[] Numbers(long[]? values, int defaultValue, int count, string what) =>
        values is null ? [.. Enumerable.Repeat(defaultValue, count)]
        : values.Length == count ? [.. values.Select(v => checked((int)v))]
        : throw new UnsupportedException($"{what} has {values.Length} numbers, but there are {count} dimensions");

    private static SlidingWindow Explicit(NodeImport node, SlidingWindow window)
    {
        int count = window.Kernel.Length;
        int[] pads = Numbers(node.Ints("pads"), 0, 2 * count, "pads");
        return window with { Begin = pads[..count], End = pads[count..] };
    }

    private static SlidingWindow Same(SlidingWindow window, ComputedValue x, bool restAtEnd)
    {
        int[] begin = new int[window.Kernel.Length],
            end = new int[window.Kernel.Length];
        for (int axis = 0; axis < window.Kernel.Length; axis++)
        {
            int length = x.Dimensions[axis + 1],
                stride = window.Strides[axis],
                outputs = (length + stride - 1) / stride,
                total = Math.Max(0, ((outputs - 1) * stride) + window.Reach[axis] - length);
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
