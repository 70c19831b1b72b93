using System.Text.Json;

namespace Evenkeel.Reporting.Metrics;

/// <summary>One line of a metrics file as text: <c>{"step":10,"loss":0.5}</c>; what JSON has no number for is "NaN", "Infinity", "-Infinity".</summary>
internal static class MetricsLine
{
    private const string StepKey = "step";

    public static void Write(Utf8JsonWriter json, long step, ReadOnlySpan<(string Name, double Value)> values)
    {
        json.WriteStartObject();
        json.WriteNumber(StepKey, step);
        foreach ((string name, double value) in values)
        {
            if (double.IsFinite(value))
                json.WriteNumber(name, value);
            else
                json.WriteString(
                    name,
                    double.IsNaN(value) ? "NaN"
                        : value > 0 ? "Infinity"
                        : "-Infinity"
                );
        }
        json.WriteEndObject();
    }

    /// <summary>Reads a line, or gives null when it is not one: torn, or damaged.</summary>
    public static MetricsRow? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            return Parse(ref reader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static MetricsRow? Parse(ref Utf8JsonReader reader)
    {
        long? step = null;
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name == StepKey)
            {
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number))
                    return null;
                step = number;
            }
            else if (Number(ref reader) is { } value)
            {
                values[name] = value;
            }
            else
            {
                return null;
            }
        }
        bool whole = reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        return whole && step is { } at ? new MetricsRow(at, values) : null;
    }

    private static double? Number(ref Utf8JsonReader reader) =>
        reader.TokenType switch
        {
            JsonTokenType.Number when reader.TryGetDouble(out double value) => value,
            JsonTokenType.String when reader.ValueTextEquals("NaN"u8) => double.NaN,
            JsonTokenType.String when reader.ValueTextEquals("Infinity"u8) => double.PositiveInfinity,
            JsonTokenType.String when reader.ValueTextEquals("-Infinity"u8) => double.NegativeInfinity,
            _ => null,
        };
}
