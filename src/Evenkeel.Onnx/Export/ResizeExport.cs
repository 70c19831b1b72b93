using Evenkeel.Layers;

namespace Evenkeel.Onnx.Export;

/// <summary>Images of another size.</summary>
internal static class ResizeExport
{
    public static string Nearest(NodeExport node)
    {
        var resize = (ResizeNearest)node.Node.Layer;
        string rounding = resize.Rounding switch
        {
            NearestRounding.Floor => "floor",
            NearestRounding.Ceiling => "ceil",
            NearestRounding.HalfDown => "round_prefer_floor",
            _ => "round_prefer_ceil",
        };
        return node.Emit(
            "Resize",
            Read(node, Target.Of(resize.Coordinates, resize.Height, resize.Width, resize.ScaleY, resize.ScaleX)),
            NodeExport.Attribute("mode", "nearest"),
            NodeExport.Attribute("coordinate_transformation_mode", Coordinates(resize.Coordinates)),
            NodeExport.Attribute("nearest_mode", rounding)
        );
    }

    public static string Linear(NodeExport node)
    {
        var resize = (ResizeLinear)node.Node.Layer;
        return node.Emit(
            "Resize",
            Read(node, Target.Of(resize.Coordinates, resize.Height, resize.Width, resize.ScaleY, resize.ScaleX)),
            NodeExport.Attribute("mode", "linear"),
            NodeExport.Attribute("coordinate_transformation_mode", Coordinates(resize.Coordinates))
        );
    }

    private static string Coordinates(ResizeCoordinates coordinates) =>
        coordinates switch
        {
            ResizeCoordinates.Asymmetric => "asymmetric",
            ResizeCoordinates.HalfPixel => "half_pixel",
            ResizeCoordinates.PytorchHalfPixel => "pytorch_half_pixel",
            _ => "align_corners",
        };

    // Sizes are exact where a quotient in single precision is not.
    private static string[] Read(NodeExport node, Target target)
    {
        string[] size = target is { ScaleY: 0, ScaleX: 0 }
            ? ["", ExpandExport.WithBatch(node, node.InputShape.Channels, target.Height, target.Width)]
            : [Scales(node, target)];
        return [node.Inputs[0], "", .. size];
    }

    private static string Scales(NodeExport node, Target target)
    {
        float[] scales =
        [
            1,
            1,
            Scale(node, target.ScaleY, node.InputShape.Dimensions[0], target.Height),
            Scale(node, target.ScaleX, node.InputShape.Dimensions[1], target.Width),
        ];
        return node.Floats("scales", scales, 4);
    }

    // The size in the file is the product rounded down.
    private static float Scale(NodeExport node, double scale, int length, int made)
    {
        double exact = scale > 0 ? scale : (double)made / length;
        if (scale > 0 && (int)Math.Floor(exact * length) != made)
            throw new OnnxException(
                $"Layer '{node.Name}' makes {made} pixels of {length} with a scale of {scale}, of which ONNX makes "
                    + $"{Math.Floor(exact * length)}; give only the size (a scale of 0)."
            );
        float written = (float)exact;
        while ((int)Math.Floor((double)written * length) < made)
            written = MathF.BitIncrement(written);
        return written;
    }

    private readonly record struct Target(int Height, int Width, double ScaleY, double ScaleX)
    {
        // Where the outermost pixels stay, scales play no part.
        public static Target Of(ResizeCoordinates coordinates, int height, int width, double scaleY, double scaleX) =>
            coordinates == ResizeCoordinates.AlignCorners
                ? new Target(height, width, 0, 0)
                : new Target(height, width, scaleY, scaleX);
    }
}
