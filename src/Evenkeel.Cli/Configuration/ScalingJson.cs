using System.Text.Json;
using Evenkeel.Configuration;
using Evenkeel.Data.Images.Transforms;

namespace Evenkeel.Cli.Configuration;

/// <summary>Scaling of colours as JSON: <c>{"mean": [r, g, b], "deviation": [r, g, b]}</c>, as fractions of 255.</summary>
internal static class ScalingJson
{
    public static ChannelScaling Read(JsonFields f)
    {
        Rgb mean = ReadColors(f, "mean");
        Rgb deviation = ReadColors(f, "deviation");
        f.RequireNoOthers();
        if (!(deviation is { Red: > 0, Green: > 0, Blue: > 0 }))
            throw new ConfigurationException($"{f.PathOf("deviation")}: the numbers must be above 0.");
        return new ChannelScaling(mean, deviation);
    }

    public static void Write(Utf8JsonWriter writer, ChannelScaling scaling)
    {
        WriteColors(writer, "mean", scaling.Mean);
        WriteColors(writer, "deviation", scaling.StandardDeviation);
    }

    // One number is that of all three colours.
    private static Rgb ReadColors(JsonFields f, string name) =>
        f.Numbers(name) switch
        {
            [var all] => new Rgb(all, all, all),
            [var red, var green, var blue] => new Rgb(red, green, blue),
            _ => throw f.Wrong(name, "one number or three, [red, green, blue]", f.Element(name)),
        };

    private static void WriteColors(Utf8JsonWriter writer, string name, Rgb color)
    {
        writer.WriteStartArray(name);
        writer.WriteNumberValue(color.Red);
        writer.WriteNumberValue(color.Green);
        writer.WriteNumberValue(color.Blue);
        writer.WriteEndArray();
    }
}
