using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Tests.Layers;

/// <summary>Layers that move values, and transposed convolution, as they are defined: what their tables and shapes must give.</summary>
internal static class PlaceDefinition
{
    public static double[] Run(Node node, Shape from, double[] x, Func<string, double[]> tensor) =>
        node.Layer switch
        {
            AxisMap map => Move(map, from, node.Shape, x),
            ResizeLinear resize => Between(resize, from, node.Shape, x),
            ConvTranspose2d layer => Transposed(layer, from, node.Shape, x, tensor),
            _ => x,
        };

    private static double[] Move(AxisMap map, Shape from, Shape to, double[] x) =>
        [
            .. Enumerable
                .Range(0, x.Length / from.Count * to.Count)
                .Select(i =>
                {
                    int[]? source = Source(map, from, Index(i % to.Count, to));
                    return source is null ? map.Fill : x[(i / to.Count * from.Count) + Place(source, from)];
                }),
        ];

    // A pixel's weight falls off in a straight line, to 0 at its neighbours; beyond the edge lies the edge.
    private static double[] Between(ResizeLinear layer, Shape from, Shape to, double[] x) =>
        [
            .. Enumerable
                .Range(0, x.Length / from.Count * to.Count)
                .Select(i =>
                {
                    int[] at = Index(i % to.Count, to);
                    double row = Between(layer, at[0], from.Dimensions[0], layer.Height, layer.ScaleY),
                        column = Between(layer, at[1], from.Dimensions[1], layer.Width, layer.ScaleX),
                        sum = 0;
                    for (int pixel = 0; pixel < from.Positions; pixel++)
                    {
                        (int y, int z) = Math.DivRem(pixel, from.Dimensions[1]);
                        double weight = Math.Max(0, 1 - Math.Abs(y - row)) * Math.Max(0, 1 - Math.Abs(z - column));
                        sum += weight * x[(i / to.Count * from.Count) + (pixel * from.Channels) + at[2]];
                    }

                    return sum;
                }),
        ];

    // Each input pixel puts its kernel, times its value, into the output.
    private static double[] Transposed(
        ConvTranspose2d layer,
        Shape from,
        Shape to,
        double[] x,
        Func<string, double[]> tensor
    )
    {
        double[] w = tensor("weight"),
            b = layer.Bias ? tensor("bias") : new double[layer.Filters],
            y = new double[x.Length / from.Count * to.Count];
        int perGroup = layer.Filters / layer.Groups,
            channels = from.Channels;
        for (int i = 0; i < y.Length; i++)
            y[i] = b[i % layer.Filters];
        for (int i = 0; i < x.Length; i++)
        {
            int[] at = Index(i % from.Count, from);
            for (int k = 0; k < layer.Window.Height * layer.Window.Width * perGroup; k++)
            {
                int f = k % perGroup,
                    column =
                        (at[1] * layer.Window.StrideX) - layer.Window.PadLeft + (k / perGroup % layer.Window.Width),
                    row = (at[0] * layer.Window.StrideY) - layer.Window.PadTop + (k / perGroup / layer.Window.Width);
                if (row < 0 || column < 0 || row >= to.Dimensions[0] || column >= to.Dimensions[1])
                    continue;
                int filter = (at[2] / (channels / layer.Groups) * perGroup) + f;
                y[(i / from.Count * to.Count) + Place([row, column, filter], to)] += x[i] * w[(k * channels) + at[2]];
            }
        }

        return y;
    }

    private static int[]? Source(AxisMap map, Shape from, int[] at)
    {
        switch (map)
        {
            case Permute permute:
                return [.. Enumerable.Range(0, at.Length).Select(axis => at[permute.Order.Values.IndexOf(axis)])];
            case Expand:
                return [.. at.Select((i, axis) => from.Dimensions[axis] == 1 ? 0 : i)];
            case ResizeNearest resize:
                return
                [
                    Nearest(resize, at[0], from.Dimensions[0], resize.Height, resize.ScaleY),
                    Nearest(resize, at[1], from.Dimensions[1], resize.Width, resize.ScaleX),
                    at[2],
                ];
            case Pad pad:
                int[] source = [.. at.Select((i, axis) => i - pad.Before[axis])];
                if (pad.Mode == PadMode.Edge)
                    return [.. source.Select((i, axis) => Math.Clamp(i, 0, from.Dimensions[axis] - 1))];
                if (pad.Mode == PadMode.Reflect)
                    return
                    [
                        .. source.Select(
                            (i, axis) => from.Dimensions[axis] - 1 - Math.Abs(from.Dimensions[axis] - 1 - Math.Abs(i))
                        ),
                    ];
                return source.Where((i, axis) => i < 0 || i >= from.Dimensions[axis]).Any() ? null : source;
            default:
                throw new NotSupportedException(map.Kind);
        }
    }

    private static double Between(ResizeLinear layer, int i, int length, int made, double scale) =>
        Math.Clamp(Original(layer.Coordinates, i, length, made, scale), 0, length - 1);

    // As ONNX defines Resize.
    private static double Original(ResizeCoordinates coordinates, int i, int length, int made, double scale)
    {
        if (scale == 0)
            scale = made / (double)length;
        return coordinates switch
        {
            ResizeCoordinates.Asymmetric => i / scale,
            ResizeCoordinates.HalfPixel => ((i + 0.5) / scale) - 0.5,
            ResizeCoordinates.PytorchHalfPixel => made > 1 ? ((i + 0.5) / scale) - 0.5 : 0,
            ResizeCoordinates.AlignCorners => made > 1 ? i * (length - 1) / (made - 1.0) : 0,
            _ => throw new NotSupportedException(coordinates.ToString()),
        };
    }

    private static int Nearest(ResizeNearest resize, int i, int length, int made, double scale)
    {
        double place = Original(resize.Coordinates, i, length, made, scale);
        double pixel = resize.Rounding switch
        {
            NearestRounding.Floor => Math.Floor(place),
            NearestRounding.Ceiling => Math.Ceiling(place),
            NearestRounding.HalfDown => Math.Ceiling(place - 0.5),
            NearestRounding.HalfUp => Math.Floor(place + 0.5),
            _ => throw new NotSupportedException(resize.Rounding.ToString()),
        };
        return (int)Math.Clamp(pixel, 0, length - 1);
    }

    private static int[] Index(int place, Shape shape)
    {
        int[] index = new int[shape.Dimensions.Length];
        for (int axis = index.Length - 1; axis >= 0; axis--)
            (place, index[axis]) = Math.DivRem(place, shape.Dimensions[axis]);
        return index;
    }

    private static int Place(int[] index, Shape shape) =>
        index.Select((i, axis) => (i, axis)).Aggregate(0, (place, p) => (place * shape.Dimensions[p.axis]) + p.i);
}
