using System.Text.Json;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Configuration;

/// <summary>A scaling of the learning rate as JSON: <c>{"type": "linear", "baseBatchSize": 256}</c>; types <c>linear</c>, <c>squareRoot</c>.</summary>
internal static class RateScalingJson
{
    /// <summary>Reads the field <paramref name="name"/> of an object.</summary>
    public static RateScaling Read(JsonFields owner, string name)
    {
        ArgumentNullException.ThrowIfNull(owner);
        JsonFields f = owner.Object(name);
        string type = f.Text("type");
        int baseBatchSize = (int)f.Integer("baseBatchSize", null, 1, int.MaxValue);
        f.RequireNoOthers();
        return type switch
        {
            "linear" => new LinearScaling(baseBatchSize),
            "squareRoot" => new SquareRootScaling(baseBatchSize),
            _ => throw new ConfigurationException($"{f.PathOf("type")}: '{type}' is not one of linear, squareRoot."),
        };
    }

    /// <summary>Writes the scaling as an object.</summary>
    public static void Write(Utf8JsonWriter writer, RateScaling scaling)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(scaling);
        writer.WriteStartObject();
        writer.WriteString("type", scaling.Kind);
        writer.WriteNumber("baseBatchSize", scaling.BaseBatchSize);
        writer.WriteEndObject();
    }
}
