using System.Text.Json;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;

namespace Evenkeel.Configuration;

/// <summary>Layers of convolutional networks as JSON. Windows: <c>kernel</c>, <c>stride</c> [y, x] and <c>padding</c> [top, left, bottom, right].</summary>
internal static class ConvolutionJson
{
    private static readonly Dictionary<string, AverageDivisor> Divisors = new()
    {
        ["window"] = AverageDivisor.Window,
        ["pixels"] = AverageDivisor.RealPixels,
    };

    public static Conv2d ReadConvolution(JsonFields f) =>
        new((int)f.Integer("filters", null, 1, int.MaxValue), ReadWindow(f), f.Flag("bias", true))
        {
            Groups = (int)f.Integer("groups", 1, 1, int.MaxValue),
            Trainable = f.Flag("trainable", true),
            Initializer = f.Has("init") ? InitializerJson.Read(f.Object("init")) : Linear.DefaultInitializer,
        };

    public static ConvTranspose2d ReadTransposed(JsonFields f) =>
        new((int)f.Integer("filters", null, 1, int.MaxValue), ReadWindow(f), f.Flag("bias", true))
        {
            Groups = (int)f.Integer("groups", 1, 1, int.MaxValue),
            OutputPadY = (int)f.Integer("outputPadY", 0, 0, 1 << 16),
            OutputPadX = (int)f.Integer("outputPadX", 0, 0, 1 << 16),
            Trainable = f.Flag("trainable", true),
            Initializer = f.Has("init") ? InitializerJson.Read(f.Object("init")) : Linear.DefaultInitializer,
        };

    public static AveragePool2d ReadAveragePool(JsonFields f) =>
        new(ReadWindow(f), f.Choice("divisor", Divisors, AverageDivisor.Window));

    public static LocalResponseNorm ReadLocalResponse(JsonFields f) =>
        new(
            (int)f.Integer("size", 5, 1, 1 << 16),
            (float)f.Number("alpha", 1e-4),
            (float)f.Number("beta", 0.75),
            (float)f.Number("k", 1)
        );

    public static Window ReadWindow(JsonFields f)
    {
        int[] kernel = Numbers(f, "kernel", 2, null),
            stride = Numbers(f, "stride", 2, [1, 1]),
            padding = Numbers(f, "padding", 4, [0, 0, 0, 0]);
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

    public static void Write(Utf8JsonWriter writer, Layer layer)
    {
        switch (layer)
        {
            case Conv2d convolution:
                writer.WriteNumber("filters", convolution.Filters);
                WriteWindow(writer, convolution.Window);
                writer.WriteBoolean("bias", convolution.Bias);
                writer.WriteNumber("groups", convolution.Groups);
                writer.WriteBoolean("trainable", convolution.Trainable);
                writer.WritePropertyName("init");
                InitializerJson.Write(writer, convolution.Initializer);
                break;
            case ConvTranspose2d convolution:
                writer.WriteNumber("filters", convolution.Filters);
                WriteWindow(writer, convolution.Window);
                writer.WriteBoolean("bias", convolution.Bias);
                writer.WriteNumber("groups", convolution.Groups);
                writer.WriteNumber("outputPadY", convolution.OutputPadY);
                writer.WriteNumber("outputPadX", convolution.OutputPadX);
                writer.WriteBoolean("trainable", convolution.Trainable);
                writer.WritePropertyName("init");
                InitializerJson.Write(writer, convolution.Initializer);
                break;
            case MaxPool2d pool:
                WriteWindow(writer, pool.Window);
                break;
            case AveragePool2d pool:
                WriteWindow(writer, pool.Window);
                writer.WriteString("divisor", Divisors.First(d => d.Value == pool.Divisor).Key);
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

    private static int[] Numbers(JsonFields f, string name, int count, int[]? otherwise)
    {
        if (otherwise is not null && !f.Has(name))
            return otherwise;
        long[] values = f.Integers(name);
        if (values.Length == 1)
            values = [.. Enumerable.Repeat(values[0], count)];
        return values.Length == count && values.All(v => v is >= 0 and <= 1 << 16)
            ? [.. values.Select(v => (int)v)]
            : throw new ConfigurationException(
                $"{f.PathOf(name)}: one number or {count} numbers from 0 to 65536 are expected."
            );
    }

    private static void WriteWindow(Utf8JsonWriter writer, Window window)
    {
        WriteNumbers(writer, "kernel", [window.Height, window.Width]);
        WriteNumbers(writer, "stride", [window.StrideY, window.StrideX]);
        WriteNumbers(writer, "padding", [window.PadTop, window.PadLeft, window.PadBottom, window.PadRight]);
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, int[] values)
    {
        writer.WriteStartArray(name);
        foreach (int value in values)
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }
}
