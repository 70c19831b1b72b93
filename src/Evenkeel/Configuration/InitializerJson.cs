using System.Text.Json;
using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Configuration;

/// <summary>
/// An initializer as a JSON object: <c>{"type": "normal", "std": 0.1}</c>, <c>{"type": "fanInNormal", "gain": 1.414}</c>,
/// <c>{"type": "fanInUniform"}</c>, <c>{"type": "constant", "value": 0}</c>.
/// </summary>
internal static class InitializerJson
{
    /// <summary>Reads an initializer.</summary>
    public static Initializer Read(JsonFields fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        string type = fields.Text("type");
        Initializer initializer = type switch
        {
            "normal" => new NormalInitializer(fields.Number("std", null)),
            "fanInNormal" => new FanInNormalInitializer(fields.Number("gain", 1)),
            "fanInUniform" => new FanInUniformInitializer(),
            "orthogonal" => new OrthogonalInitializer(),
            "identity" => new IdentityInitializer(fields.Number("gain", 1)),
            "constant" => new ConstantInitializer(fields.Number("value", null)),
            _ => throw new ConfigurationException(
                $"{fields.PathOf("type")}: '{type}' is not one of normal, fanInNormal, fanInUniform, orthogonal, identity, constant."
            ),
        };
        fields.RequireNoOthers();
        return initializer;
    }

    /// <summary>Reads a layer's field <c>init</c>; the default where there is none.</summary>
    internal static Initializer ReadField(JsonFields layer) =>
        layer.Has("init") ? Read(layer.Object("init")) : Linear.DefaultInitializer;

    /// <summary>Writes a layer's fields <c>trainable</c> and <c>init</c>.</summary>
    internal static void WriteFields(Utf8JsonWriter writer, bool trainable, Initializer initializer)
    {
        writer.WriteBoolean("trainable", trainable);
        writer.WritePropertyName("init");
        Write(writer, initializer);
    }

    /// <summary>Writes an initializer as an object.</summary>
    public static void Write(Utf8JsonWriter writer, Initializer initializer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartObject();
        switch (initializer)
        {
            case NormalInitializer normal:
                writer.WriteString("type", "normal");
                writer.WriteNumber("std", normal.StandardDeviation);
                break;
            case FanInNormalInitializer normal:
                writer.WriteString("type", "fanInNormal");
                writer.WriteNumber("gain", normal.Gain);
                break;
            case ConstantInitializer constant:
                writer.WriteString("type", "constant");
                writer.WriteNumber("value", constant.Value);
                break;
            case OrthogonalInitializer:
                writer.WriteString("type", "orthogonal");
                break;
            case IdentityInitializer identity:
                writer.WriteString("type", "identity");
                writer.WriteNumber("gain", identity.Gain);
                break;
            default:
                writer.WriteString("type", "fanInUniform");
                break;
        }

        writer.WriteEndObject();
    }
}
