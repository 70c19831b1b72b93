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

    private static Rgb ReadColors(JsonFields f, string name)
    {
        JsonElement list = f.Element(name);
        return
            list.ValueKind == JsonValueKind.Array
            && list.GetArrayLength() == 3
            && list.EnumerateArray().All(e => e.ValueKind == JsonValueKind.Number && double.IsFinite(e.GetDouble()))
            ? new Rgb(list[0].GetDouble(), list[1].GetDouble(), list[2].GetDouble())
            : throw f.Wrong(name, "three numbers [red, green, blue]", list);
    }

    private static void WriteColors(Utf8JsonWriter writer, string name, Rgb color)
    {
        writer.WriteStartArray(name);
        writer.WriteNumberValue(color.Red);
        writer.WriteNumberValue(color.Green);
        writer.WriteNumberValue(color.Blue);
        writer.WriteEndArray();
    }
}
