using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;

namespace Evenkeel.Tests.Layers;

/// <summary>
/// Layers with a window over lines and volumes as they are defined, one loop for any number of dimensions: what their lowering to images must give.
/// </summary>
internal static class WindowDefinition
{
    public static double[] Run(Node node, Shape input, double[] x, Func<string, double[]> tensor)
    {
        AxisWindow[] axes = AxesOf(node.Layer);
        double[] y = new double[x.Length / input.Count * node.Shape.Count];
        for (int i = 0; i < y.Length; i++)
        {
            (int example, int place) = Math.DivRem(i, node.Shape.Count);
            (int position, int channel) = Math.DivRem(place, node.Shape.Channels);
            ReadOnlySpan<double> values = x.AsSpan(example * input.Count, input.Count);
            List<(int Tap, int Position)> window = Window(axes, node.Shape, input, position);
            y[i] = node.Layer switch
            {
                ConvolutionLayer layer => Convolve(layer, input.Channels, values, window, channel, tensor),
                MaxPoolingLayer => Values(values, input.Channels, window, channel).Max(),
                AveragePoolingLayer { Divisor: AverageDivisor.RealPixels } => Values(
                        values,
                        input.Channels,
                        window,
                        channel
                    )
                    .Average(),
                _ => Values(values, input.Channels, window, channel).Sum()
                    / axes.Aggregate(1, (n, axis) => n * axis.Length),
            };
        }

        return y;
    }

    private static AxisWindow[] AxesOf(Layer layer) =>
        layer switch
        {
            Conv1d l => [l.Window],
            MaxPool1d l => [l.Window],
            AveragePool1d l => [l.Window],
            Conv3d l => Axes(l.Depth, l.Plane),
            MaxPool3d l => Axes(l.Depth, l.Plane),
            AveragePool3d l => Axes(l.Depth, l.Plane),
            _ => throw new NotSupportedException(layer.Kind),
        };

    private static AxisWindow[] Axes(AxisWindow depth, Window plane) =>
        [
            depth,
            new(plane.Height) { Stride = plane.StrideY, Before = plane.PadTop },
            new(plane.Width) { Stride = plane.StrideX, Before = plane.PadLeft },
        ];

    // The real places under a window: which of the window's, and which of the input's positions.
    private static List<(int Tap, int Position)> Window(AxisWindow[] axes, Shape output, Shape input, int position)
    {
        List<(int Tap, int Position)> places = [(0, 0)];
        int[] indices = new int[axes.Length];
        for (int axis = axes.Length - 1; axis >= 0; axis--)
            (position, indices[axis]) = Math.DivRem(position, output.Dimensions[axis]);
        for (int axis = 0; axis < axes.Length; axis++)
        {
            AxisWindow window = axes[axis];
            int first = (indices[axis] * window.Stride) - window.Before,
                length = input.Dimensions[axis];
            places =
            [
                .. places.SelectMany(p =>
                    Enumerable
                        .Range(0, window.Length)
                        .Where(t => first + t >= 0 && first + t < length)
                        .Select(t => ((p.Tap * window.Length) + t, (p.Position * length) + first + t))
                ),
            ];
        }

        return places;
    }

    private static List<double> Values(
        ReadOnlySpan<double> x,
        int channels,
        List<(int Tap, int Position)> window,
        int channel
    )
    {
        var values = new List<double>();
        foreach ((_, int position) in window)
            values.Add(x[(position * channels) + channel]);
        return values;
    }

    private static double Convolve(
        ConvolutionLayer layer,
        int channels,
        ReadOnlySpan<double> x,
        List<(int Tap, int Position)> window,
        int filter,
        Func<string, double[]> tensor
    )
    {
        double[] w = tensor("weight");
        int perGroup = channels / layer.Groups,
            first = filter / (layer.Filters / layer.Groups) * perGroup;
        double sum = layer.Bias ? tensor("bias")[filter] : 0;
        foreach ((int tap, int position) in window)
        {
            for (int c = 0; c < perGroup; c++)
                sum +=
                    x[(position * channels) + first + c]
                    * w[(Weight(layer, tap, c, perGroup) * layer.Filters) + filter];
        }

        return sum;
    }

    // Lines keep [tap, channel]; volumes [tap of the plane, channel, tap in depth].
    private static int Weight(ConvolutionLayer layer, int tap, int channel, int perGroup)
    {
        if (layer is not Conv3d volume)
            return (tap * perGroup) + channel;
        (int depth, int inPlane) = Math.DivRem(tap, volume.Plane.Height * volume.Plane.Width);
        return (((inPlane * perGroup) + channel) * volume.Depth.Length) + depth;
    }
}
