using System.Text.Json;
using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Configuration;

/// <summary>Layers as they come with imported networks as JSON: stored values, other shapes, other places.</summary>
internal static class MappingJson
{
    private static readonly Dictionary<string, PadMode> Modes = new()
    {
        ["constant"] = PadMode.Constant,
        ["reflect"] = PadMode.Reflect,
        ["edge"] = PadMode.Edge,
    };

    private static readonly Dictionary<string, ResizeCoordinates> Coordinates = new()
    {
        ["asymmetric"] = ResizeCoordinates.Asymmetric,
        ["half-pixel"] = ResizeCoordinates.HalfPixel,
        ["pytorch-half-pixel"] = ResizeCoordinates.PytorchHalfPixel,
        ["align-corners"] = ResizeCoordinates.AlignCorners,
    };

    private static readonly Dictionary<string, NearestRounding> Roundings = new()
    {
        ["floor"] = NearestRounding.Floor,
        ["ceiling"] = NearestRounding.Ceiling,
        ["half-down"] = NearestRounding.HalfDown,
        ["half-up"] = NearestRounding.HalfUp,
    };

    public static Pad ReadPad(JsonFields f) =>
        new(
            [.. Numbers(f, "before")],
            [.. Numbers(f, "after")],
            f.Choice("mode", Modes, PadMode.Constant),
            (float)f.Number("value", 0)
        );

    public static ResizeNearest ReadResize(JsonFields f) =>
        new((int)f.Integer("height", null, 1, int.MaxValue), (int)f.Integer("width", null, 1, int.MaxValue))
        {
            ScaleY = f.Number("scaleY", 0),
            ScaleX = f.Number("scaleX", 0),
            Coordinates = f.Choice("coordinates", Coordinates, ResizeCoordinates.Asymmetric),
            Rounding = f.Choice("rounding", Roundings, NearestRounding.Floor),
        };

    public static ResizeLinear ReadResizeLinear(JsonFields f) =>
        new((int)f.Integer("height", null, 1, int.MaxValue), (int)f.Integer("width", null, 1, int.MaxValue))
        {
            ScaleY = f.Number("scaleY", 0),
            ScaleX = f.Number("scaleX", 0),
            Coordinates = f.Choice("coordinates", Coordinates, ResizeCoordinates.HalfPixel),
        };

    public static Shape ReadShape(JsonFields f, string name = "shape")
    {
        int[] dimensions = Numbers(f, name);
        try
        {
            return new Shape(dimensions);
        }
        catch (ArgumentException e)
        {
            throw new ConfigurationException($"{f.PathOf(name)}: {JsonFields.Said(e)}", e);
        }
    }

    public static int[] Numbers(JsonFields f, string name) =>
        [.. f.Integers(name, int.MinValue, int.MaxValue).Select(n => (int)n)];

    public static void Write(Utf8JsonWriter writer, Layer layer)
    {
        switch (layer)
        {
            case ConstantValue constant:
                WriteNumbers(writer, "shape", constant.Target.Dimensions);
                writer.WriteBoolean("trainable", constant.Trainable);
                break;
            case ResizeLinear resize:
                writer.WriteNumber("height", resize.Height);
                writer.WriteNumber("width", resize.Width);
                writer.WriteNumber("scaleY", resize.ScaleY);
                writer.WriteNumber("scaleX", resize.ScaleX);
                writer.WriteString("coordinates", Coordinates.First(c => c.Value == resize.Coordinates).Key);
                break;
            case Input input:
                WriteNumbers(writer, "shape", input.Shape.Dimensions);
                break;
            case Split split:
                WriteNumbers(writer, "sizes", split.Sizes);
                break;
            case Permute permute:
                WriteNumbers(writer, "order", permute.Order);
                break;
            case Expand expand:
                WriteNumbers(writer, "shape", expand.Target.Dimensions);
                break;
            case Reshape reshape:
                WriteNumbers(writer, "shape", reshape.Target.Dimensions);
                break;
            case Pad pad:
                WriteNumbers(writer, "before", pad.Before);
                WriteNumbers(writer, "after", pad.After);
                writer.WriteString("mode", Modes.First(m => m.Value == pad.Mode).Key);
                writer.WriteNumber("value", pad.Value);
                break;
            case ResizeNearest resize:
                writer.WriteNumber("height", resize.Height);
                writer.WriteNumber("width", resize.Width);
                writer.WriteNumber("scaleY", resize.ScaleY);
                writer.WriteNumber("scaleX", resize.ScaleX);
                writer.WriteString("coordinates", Coordinates.First(c => c.Value == resize.Coordinates).Key);
                writer.WriteString("rounding", Roundings.First(r => r.Value == resize.Rounding).Key);
                break;
        }
    }

    public static void WriteNumbers(Utf8JsonWriter writer, string name, IEnumerable<int> values)
    {
        writer.WriteStartArray(name);
        foreach (int value in values)
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }
}
