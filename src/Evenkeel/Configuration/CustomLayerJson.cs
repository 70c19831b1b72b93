using System.Text.Json;
using Evenkeel.Layers;

namespace Evenkeel.Configuration;

/// <summary>
/// A layer that is code as a JSON object of its name and sizes: <c>{"type": "custom", "code": "swap", "shape": [4], "parameters": 0}</c>. What is read
/// is of the same sizes and cannot be computed.
/// </summary>
internal static class CustomLayerJson
{
    public static CustomLayer Read(JsonFields f) =>
        CustomLayer.WithoutCode(
            f.Text("code"),
            MappingJson.ReadShape(f),
            (int)f.Integer("parameters", 0, 0, int.MaxValue)
        ) with
        {
            Trainable = f.Flag("trainable", true),
        };

    public static void Write(Utf8JsonWriter writer, CustomLayer layer, Shape input, Shape output)
    {
        writer.WriteString("code", layer.Name);
        MappingJson.WriteNumbers(writer, "shape", output.Dimensions);
        writer.WriteNumber("parameters", layer.ParameterCount(input));
        writer.WriteBoolean("trainable", layer.Trainable);
    }
}
