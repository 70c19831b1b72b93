using System.Text.Json;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;

namespace Evenkeel.Configuration;

/// <summary>Layers of convolutional networks as JSON. Windows: <c>kernel</c>, <c>stride</c> [y, x] and <c>padding</c> [top, left, bottom, right].</summary>
internal static class ConvolutionJson
{
    private const int MaxPositions = 1 << 16;

    private static readonly Dictionary<string, AverageDivisor> Divisors = new()
    {
        ["window"] = AverageDivisor.Window,
        ["pixels"] = AverageDivisor.RealPixels,
    };

    public static ConvolutionLayer ReadConvolution(JsonFields f) =>
        Configured(f, new Conv2d(ReadFilters(f), ReadWindow(f), f.Flag("bias", true)));

    /// <summary>A convolution with the fields that it has over any number of dimensions.</summary>
    public static ConvolutionLayer Configured(JsonFields f, ConvolutionLayer convolution) =>
        convolution with
        {
            Groups = ReadGroups(f),
            Trainable = f.Flag("trainable", true),
            Initializer = InitializerJson.ReadField(f),
        };

    public static ConvTranspose2d ReadTransposed(JsonFields f) =>
        new(ReadFilters(f), ReadWindow(f), f.Flag("bias", true))
        {
            Groups = ReadGroups(f),
            OutputPadY = (int)f.Integer("outputPadY", 0, 0, MaxPositions),
            OutputPadX = (int)f.Integer("outputPadX", 0, 0, MaxPositions),
            Trainable = f.Flag("trainable", true),
            Initializer = InitializerJson.ReadField(f),
        };

    public static int ReadFilters(JsonFields f) => (int)f.Integer("filters", null, 1, int.MaxValue);

    public static AveragePool2d ReadAveragePool(JsonFields f) => new(ReadPoolingWindow(f), ReadDivisor(f));

    public static AverageDivisor ReadDivisor(JsonFields f) => f.Choice("divisor", Divisors, AverageDivisor.Window);

    public static LocalResponseNorm ReadLocalResponse(JsonFields f) =>
        new(
            (int)f.Integer("size", 5, 1, MaxPositions),
            (float)f.Number("alpha", 1e-4),
            (float)f.Number("beta", 0.75),
            (float)f.Number("k", 1)
        );

    /// <summary>The window of a convolution: it moves by one position unless told otherwise.</summary>
    public static Window ReadWindow(JsonFields f) => ReadWindow(f, Pair(f, "kernel"), [1, 1]);

    /// <summary>The window of a pooling layer: one place begins where the one before ends unless told otherwise.</summary>
    public static Window ReadPoolingWindow(JsonFields f)
    {
        int[] kernel = Pair(f, "kernel");
        return ReadWindow(f, kernel, kernel);
    }

    public static void Write(Utf8JsonWriter writer, Layer layer)
    {
        switch (layer)
        {
            case Conv2d convolution:
                writer.WriteNumber("filters", convolution.Filters);
                WriteWindow(writer, convolution.Window);
                WriteConfigured(writer, convolution);
                break;
            case ConvTranspose2d convolution:
                writer.WriteNumber("filters", convolution.Filters);
                WriteWindow(writer, convolution.Window);
                writer.WriteBoolean("bias", convolution.Bias);
                writer.WriteNumber("groups", convolution.Groups);
                writer.WriteNumber("outputPadY", convolution.OutputPadY);
                writer.WriteNumber("outputPadX", convolution.OutputPadX);
                InitializerJson.WriteFields(writer, convolution.Trainable, convolution.Initializer);
                break;
            case MaxPool2d pool:
                WriteWindow(writer, pool.Window);
                break;
            case AveragePool2d pool:
                WriteWindow(writer, pool.Window);
                WriteDivisor(writer, pool);
                break;
            case LocalResponseNorm norm:
                writer.WriteNumber("size", norm.Size);
                writer.WriteNumber("alpha", norm.Alpha);
                writer.WriteNumber("beta", norm.Beta);
                writer.WriteNumber("k", norm.K);
                break;
            case Dropout dropout:
                writer.WriteNumber("rate", dropout.Rate);
                break;
            case Concat concat:
                writer.WriteNumber("count", concat.Count);
                break;
        }
    }

    public static void WriteConfigured(Utf8JsonWriter writer, ConvolutionLayer convolution)
    {
        writer.WriteBoolean("bias", convolution.Bias);
        writer.WriteNumber("groups", convolution.Groups);
        InitializerJson.WriteFields(writer, convolution.Trainable, convolution.Initializer);
    }

    public static void WriteDivisor(Utf8JsonWriter writer, AveragePoolingLayer pool) =>
        writer.WriteString("divisor", Divisors.First(d => d.Value == pool.Divisor).Key);

    private static int ReadGroups(JsonFields f) => (int)f.Integer("groups", 1, 1, int.MaxValue);

    private static Window ReadWindow(JsonFields f, int[] kernel, int[] usualStride)
    {
        int[] stride = f.Has("stride") ? Pair(f, "stride") : usualStride,
            padding = f.Has("padding") ? Border(f, "padding") : [0, 0, 0, 0];
        return new Window(kernel[0], kernel[1])
        {
            StrideY = stride[0],
            StrideX = stride[1],
            PadTop = padding[0],
            PadLeft = padding[1],
            PadBottom = padding[2],
            PadRight = padding[3],
        };
    }

    // [y, x]; one number is both.
    private static int[] Pair(JsonFields f, string name) =>
        Positions(f, name, 1) switch
        {
            [var both] => [both, both],
            [_, _] pair => pair,
            _ => throw new ConfigurationException($"{f.PathOf(name)}: one number or two, [y, x], are expected."),
        };

    // [top, left, bottom, right]; one number is all, two are [above and below, left and right].
    private static int[] Border(JsonFields f, string name) =>
        Positions(f, name, 0) switch
        {
            [var all] => [all, all, all, all],
            [var y, var x] => [y, x, y, x],
            [_, _, _, _] border => border,
            _ => throw new ConfigurationException(
                $"{f.PathOf(name)}: one number, two, [y, x], or four, [top, left, bottom, right], are expected."
            ),
        };

    private static int[] Positions(JsonFields f, string name, int least) =>
        [.. f.Integers(name, least, MaxPositions).Select(n => (int)n)];

    private static void WriteWindow(Utf8JsonWriter writer, Window window)
    {
        MappingJson.WriteNumbers(writer, "kernel", [window.Height, window.Width]);
        MappingJson.WriteNumbers(writer, "stride", [window.StrideY, window.StrideX]);
        MappingJson.WriteNumbers(writer, "padding", [window.PadTop, window.PadLeft, window.PadBottom, window.PadRight]);
    }
}
