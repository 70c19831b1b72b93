using System.Text.Json;
using Evenkeel.Layers;

namespace Evenkeel.Configuration;

/// <summary>Normalisations within an example as JSON.</summary>
internal static class ExampleNormJson
{
    public static LayerNorm ReadLayer(JsonFields f) =>
        new()
        {
            Dimensions = (int)f.Integer("dimensions", 1, 1, 1 << 10),
            Epsilon = Epsilon(f),
            Trainable = f.Flag("trainable", true),
        };

    public static GroupNorm ReadGroup(JsonFields f) =>
        new((int)f.Integer("groups", null, 1, int.MaxValue))
        {
            Epsilon = Epsilon(f),
            Trainable = f.Flag("trainable", true),
        };

    public static InstanceNorm ReadInstance(JsonFields f) =>
        new() { Epsilon = Epsilon(f), Trainable = f.Flag("trainable", true) };

    public static void Write(Utf8JsonWriter writer, ExampleNorm norm)
    {
        if (norm is LayerNorm layer)
            writer.WriteNumber("dimensions", layer.Dimensions);
        if (norm is GroupNorm group)
            writer.WriteNumber("groups", group.Groups);
        writer.WriteNumber("eps", norm.Epsilon);
        writer.WriteBoolean("trainable", norm.Trainable);
    }

    private static float Epsilon(JsonFields f) => (float)f.Number("eps", 1e-5);
}
