using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Resize and its forerunner Upsample, by the nearest pixel or between four.</summary>
internal static class ResizeImport
{
    private const int MaxSize = 1 << 16;

    public static Value Upsample(NodeImport node)
    {
        float[] scales =
            node.Floats("scales")
            ?? (node.Has(1) ? node.Constant(1).Floats : throw new UnsupportedException("scales is missing"));
        return Import(node, scales, null, ResizeCoordinates.Asymmetric, NearestRounding.Floor);
    }

    public static Value Resize(NodeImport node)
    {
        if (node.Opset < 11)
            return Import(node, node.Constant(1).Floats, null, ResizeCoordinates.Asymmetric, NearestRounding.Floor);
        if (node.Int("antialias", 0) != 0)
            throw new UnsupportedException("antialias is not supported");
        if (node.HasAttribute("axes") || node.Text("keep_aspect_ratio_policy", "stretch") != "stretch")
            throw new UnsupportedException("axes and keep_aspect_ratio_policy are not supported");
        ResizeCoordinates coordinates = node.Text("coordinate_transformation_mode", "half_pixel") switch
        {
            "asymmetric" => ResizeCoordinates.Asymmetric,
            "half_pixel" => ResizeCoordinates.HalfPixel,
            "pytorch_half_pixel" => ResizeCoordinates.PytorchHalfPixel,
            "align_corners" => ResizeCoordinates.AlignCorners,
            string other => throw new UnsupportedException($"coordinates {other} are not supported"),
        };
        NearestRounding rounding = node.Text("nearest_mode", "round_prefer_floor") switch
        {
            "round_prefer_floor" => NearestRounding.HalfDown,
            "round_prefer_ceil" => NearestRounding.HalfUp,
            "floor" => NearestRounding.Floor,
            "ceil" => NearestRounding.Ceiling,
            string other => throw new UnsupportedException($"nearest_mode {other} is unknown"),
        };
        float[]? scales = node.OptionalConstant(2) is { Count: > 0 } given ? given.Floats : null;
        return Import(node, scales, node.OptionalConstant(3)?.Integers, coordinates, rounding);
    }

    private static ComputedValue Import(
        NodeImport node,
        float[]? scales,
        long[]? sizes,
        ResizeCoordinates coordinates,
        NearestRounding rounding
    )
    {
        ComputedValue x = node.Network.ChannelsLast(node.Computed(0));
        if (x.Rank != 3)
            throw new UnsupportedException($"its input is {x}; images are supported");
        int channels = x.Dimensions[0];
        bool fits = sizes is { Length: > 0 }
            ? sizes.Length == 4
                && sizes[1] == channels
                && (sizes[0] == ConstantTensor.BatchSize || sizes[0] == (node.FixedBatch ?? sizes[0]))
            : scales is [1, 1, _, _];
        if (!fits)
            throw new UnsupportedException("it changes batch or channels, or says neither scales nor sizes");
        bool bySize = sizes is { Length: > 0 };
        int height = Size(bySize ? sizes![2] : Math.Floor((double)x.Dimensions[1] * scales![2])),
            width = Size(bySize ? sizes![3] : Math.Floor((double)x.Dimensions[2] * scales![3]));
        (double scaleY, double scaleX) = bySize ? (0, 0) : (scales![2], scales![3]);
        Layer layer = node.Text("mode", "nearest") switch
        {
            "nearest" => new ResizeNearest(height, width)
            {
                ScaleY = scaleY,
                ScaleX = scaleX,
                Coordinates = coordinates,
                Rounding = rounding,
            },
            "linear" => new ResizeLinear(height, width)
            {
                ScaleY = scaleY,
                ScaleX = scaleX,
                Coordinates = coordinates,
            },
            string other => throw new UnsupportedException($"mode {other} is not supported; nearest and linear are"),
        };
        return node.Network.Append(node.OwnName, layer, [x], [channels, height, width], Layout.ChannelsLast);
    }

    private static int Size(double size) =>
        size is >= 1 and <= MaxSize
            ? (int)size
            : throw new UnsupportedException($"a size of {size} is outside 1 to {MaxSize}");
}
