using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;

namespace Evenkeel.Testing.Networks;

/// <summary>Layers over images in double precision, one output value at a time.</summary>
internal static class DoubleImages
{
    public static double[] Run(Node node, Shape input, double[] x, Func<string, double[]> tensor)
    {
        int batch = x.Length / input.Count;
        double[] y = new double[batch * node.Shape.Count],
            w = node.Layer is Conv2d ? tensor("weight") : [],
            b = node.Layer is Conv2d { Bias: true } ? tensor("bias") : [];
        for (int i = 0; i < y.Length; i++)
        {
            ReadOnlySpan<double> image = x.AsSpan(i / node.Shape.Count * input.Count, input.Count);
            int place = i % node.Shape.Count;
            y[i] = node.Layer switch
            {
                Conv2d layer => Convolve(layer, node.Shape, input, image, place, w)
                    + (layer.Bias ? b[place % layer.Filters] : 0),
                MaxPool2d layer => Window(layer.Window, node.Shape, input, image, place).Max(),
                AveragePool2d layer => Average(layer, node.Shape, input, image, place),
                GlobalAveragePool => Mean(image, input.Channels, place),
                LocalResponseNorm layer => Respond(layer, input.Channels, image, place),
                _ => throw new NotSupportedException(node.Layer.Kind),
            };
        }

        return y;
    }

    public static double[] Concatenate(Shape[] shapes, double[][] inputs)
    {
        int rows = inputs[0].Length / shapes[0].Channels;
        var y = new List<double>();
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < inputs.Length; i++)
                y.AddRange(inputs[i].AsSpan(row * shapes[i].Channels, shapes[i].Channels));
        }

        return [.. y];
    }

    private static double Convolve(
        Conv2d layer,
        Shape output,
        Shape input,
        ReadOnlySpan<double> image,
        int place,
        double[] w
    )
    {
        int perGroup = input.Channels / layer.Groups,
            filter = place % layer.Filters,
            first = filter / (layer.Filters / layer.Groups) * perGroup,
            top = (place / layer.Filters / output.Dimensions[1] * layer.Window.StrideY) - layer.Window.PadTop,
            left = (place / layer.Filters % output.Dimensions[1] * layer.Window.StrideX) - layer.Window.PadLeft;
        double sum = 0;
        for (int tap = 0; tap < layer.Window.Height * layer.Window.Width; tap++)
        {
            int row = top + (tap / layer.Window.Width),
                column = left + (tap % layer.Window.Width);
            if (row < 0 || row >= input.Dimensions[0] || column < 0 || column >= input.Dimensions[1])
                continue;
            for (int c = 0; c < perGroup; c++)
            {
                double value = image[(((row * input.Dimensions[1]) + column) * input.Channels) + first + c];
                sum += value * w[(((tap * perGroup) + c) * layer.Filters) + filter];
            }
        }

        return sum;
    }

    // The real pixels of a channel in the window of an output value.
    private static List<double> Window(Window window, Shape output, Shape input, ReadOnlySpan<double> image, int place)
    {
        int channel = place % input.Channels,
            top = (place / input.Channels / output.Dimensions[1] * window.StrideY) - window.PadTop,
            left = (place / input.Channels % output.Dimensions[1] * window.StrideX) - window.PadLeft;
        var values = new List<double>();
        for (int row = Math.Max(0, top); row < Math.Min(input.Dimensions[0], top + window.Height); row++)
        {
            for (int column = Math.Max(0, left); column < Math.Min(input.Dimensions[1], left + window.Width); column++)
                values.Add(image[(((row * input.Dimensions[1]) + column) * input.Channels) + channel]);
        }

        return values;
    }

    private static double Average(AveragePool2d layer, Shape output, Shape input, ReadOnlySpan<double> image, int place)
    {
        List<double> values = Window(layer.Window, output, input, image, place);
        int divisor = layer.Divisor == AverageDivisor.Window ? layer.Window.Height * layer.Window.Width : values.Count;
        return values.Sum() / divisor;
    }

    private static double Mean(ReadOnlySpan<double> image, int channels, int channel)
    {
        double sum = 0;
        for (int i = channel; i < image.Length; i += channels)
            sum += image[i];
        return sum / (image.Length / channels);
    }

    private static double Respond(LocalResponseNorm layer, int channels, ReadOnlySpan<double> image, int place)
    {
        int channel = place % channels,
            row = place - channel;
        double sum = 0;
        for (
            int c = Math.Max(0, channel - (layer.Size / 2));
            c <= Math.Min(channels - 1, channel + ((layer.Size - 1) / 2));
            c++
        )
            sum += image[row + c] * image[row + c];
        return image[place] / Math.Pow(layer.K + (layer.Alpha / layer.Size * sum), layer.Beta);
    }
}
