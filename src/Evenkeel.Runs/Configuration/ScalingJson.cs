using System.Text.Json;
using Evenkeel.Configuration;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Runs.Text;

namespace Evenkeel.Runs.Configuration;

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
        (Rgb mean, Rgb deviation) = (scaling.Mean, scaling.StandardDeviation);
        writer.WriteNumbers("mean", mean.Red, mean.Green, mean.Blue);
        writer.WriteNumbers("deviation", deviation.Red, deviation.Green, deviation.Blue);
    }

    // One number is that of all three colours.
    private static Rgb ReadColors(JsonFields f, string name) =>
        f.Numbers(name) switch
        {
            [var all] => new Rgb(all, all, all),
            [var red, var green, var blue] => new Rgb(red, green, blue),
            _ => throw f.Wrong(name, "one number or three, [red, green, blue]", f.Element(name)),
        };
}
