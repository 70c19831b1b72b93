using System.Text.Json;
using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Configuration;

/// <summary>
/// Layers over lines and volumes as JSON. Over lines: <c>kernel</c>, <c>stride</c> and <c>padding</c> [before, after]; over volumes: <c>kernel</c> and
/// <c>stride</c> [depth, rows, columns] and <c>padding</c> [front, top, left, back, bottom, right]. One number stands for all; the stride of
/// pooling is its kernel unless it says another.
/// </summary>
internal static class LineVolumeJson
{
    public static ConvolutionLayer ReadLineConvolution(JsonFields f) =>
        ConvolutionJson.Configured(
            f,
            new Conv1d(ConvolutionJson.ReadFilters(f), ReadAxis(f, [1]), f.Flag("bias", true))
        );

    public static ConvolutionLayer ReadVolumeConvolution(JsonFields f)
    {
        (AxisWindow depth, Window plane) = ReadVolume(f, [1, 1, 1]);
        var layer = new Conv3d(ConvolutionJson.ReadFilters(f), depth, plane, f.Flag("bias", true));
        return ConvolutionJson.Configured(f, layer);
    }

    public static MaxPool1d ReadLineMax(JsonFields f) => new(ReadAxis(f, null));

    public static AveragePool1d ReadLineAverage(JsonFields f) => new(ReadAxis(f, null), ConvolutionJson.ReadDivisor(f));

    public static MaxPool3d ReadVolumeMax(JsonFields f)
    {
        (AxisWindow depth, Window plane) = ReadVolume(f, null);
        return new MaxPool3d(depth, plane);
    }

    public static AveragePool3d ReadVolumeAverage(JsonFields f)
    {
        (AxisWindow depth, Window plane) = ReadVolume(f, null);
        return new AveragePool3d(depth, plane, ConvolutionJson.ReadDivisor(f));
    }

    public static void Write(Utf8JsonWriter writer, Layer layer)
    {
        switch (layer)
        {
            case Conv1d convolution:
                WriteWindow(writer, convolution.Window);
                WriteConvolution(writer, convolution);
                break;
            case Conv3d convolution:
                WriteWindow(writer, convolution.Depth, convolution.Plane);
                WriteConvolution(writer, convolution);
                break;
            case MaxPool1d pool:
                WriteWindow(writer, pool.Window);
                break;
            case MaxPool3d pool:
                WriteWindow(writer, pool.Depth, pool.Plane);
                break;
            case AveragePool1d pool:
                WriteWindow(writer, pool.Window);
                ConvolutionJson.WriteDivisor(writer, pool);
                break;
            case AveragePool3d pool:
                WriteWindow(writer, pool.Depth, pool.Plane);
                ConvolutionJson.WriteDivisor(writer, pool);
                break;
        }
    }

    private static AxisWindow ReadAxis(JsonFields f, int[]? stride)
    {
        int[] kernel = Numbers(f, "kernel", 1, null),
            padding = Numbers(f, "padding", 2, [0, 0]);
        return new AxisWindow(kernel[0])
        {
            Stride = Numbers(f, "stride", 1, stride ?? kernel)[0],
            Before = padding[0],
            After = padding[1],
        };
    }

    private static (AxisWindow Depth, Window Plane) ReadVolume(JsonFields f, int[]? otherwise)
    {
        int[] kernel = Numbers(f, "kernel", 3, null),
            stride = Numbers(f, "stride", 3, otherwise ?? kernel),
            padding = Numbers(f, "padding", 6, [0, 0, 0, 0, 0, 0]);
        var depth = new AxisWindow(kernel[0])
        {
            Stride = stride[0],
            Before = padding[0],
            After = padding[3],
        };
        var plane = new Window(kernel[1], kernel[2])
        {
            StrideY = stride[1],
            StrideX = stride[2],
            PadTop = padding[1],
            PadLeft = padding[2],
            PadBottom = padding[4],
            PadRight = padding[5],
        };
        return (depth, plane);
    }

    private static int[] Numbers(JsonFields f, string name, int count, int[]? otherwise)
    {
        if (otherwise is not null && !f.Has(name))
            return otherwise;
        int[] values = [.. f.Integers(name, 0, 1 << 16).Select(v => (int)v)];
        if (values.Length == 1)
            values = [.. Enumerable.Repeat(values[0], count)];
        return values.Length == count
            ? values
            : throw new ConfigurationException($"{f.PathOf(name)}: one number or {count} numbers are expected.");
    }

    private static void WriteConvolution(Utf8JsonWriter writer, ConvolutionLayer convolution)
    {
        writer.WriteNumber("filters", convolution.Filters);
        ConvolutionJson.WriteConfigured(writer, convolution);
    }

    private static void WriteWindow(Utf8JsonWriter writer, AxisWindow window)
    {
        MappingJson.WriteNumbers(writer, "kernel", [window.Length]);
        MappingJson.WriteNumbers(writer, "stride", [window.Stride]);
        MappingJson.WriteNumbers(writer, "padding", [window.Before, window.After]);
    }

    private static void WriteWindow(Utf8JsonWriter writer, AxisWindow depth, Window plane)
    {
        MappingJson.WriteNumbers(writer, "kernel", [depth.Length, plane.Height, plane.Width]);
        MappingJson.WriteNumbers(writer, "stride", [depth.Stride, plane.StrideY, plane.StrideX]);
        int[] front = [depth.Before, plane.PadTop, plane.PadLeft],
            back = [depth.After, plane.PadBottom, plane.PadRight];
        MappingJson.WriteNumbers(writer, "padding", [.. front, .. back]);
    }
}
