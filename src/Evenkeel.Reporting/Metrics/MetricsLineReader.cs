using System.Text.Json;

namespace Evenkeel.Reporting.Metrics;

/// <summary>Reads the lines of a metrics file one after the other, and allocates nothing where they have the same names.</summary>
internal sealed class MetricsLineReader
{
    private readonly List<string> _names = [];

    /// <summary>The training step of the last line.</summary>
    public long Step { get; private set; }

    /// <summary>The values of the last line by name; the next one replaces them.</summary>
    public Dictionary<string, double> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads a line.</summary>
    /// <returns>False when it is not one: torn, or damaged.</returns>
    public bool TryRead(ReadOnlySpan<byte> line)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            return TryRead(ref reader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private bool TryRead(ref Utf8JsonReader reader)
    {
        bool hasStep = false;
        Values.Clear();
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return false;
        for (int place = 0; reader.Read() && reader.TokenType == JsonTokenType.PropertyName; place++)
        {
            string name = Name(ref reader, place);
            reader.Read();
            if (name == MetricsLine.StepKey)
            {
                if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long step))
                    return false;
                (Step, hasStep) = (step, true);
            }
            else if (Number(ref reader) is { } value)
            {
                Values[name] = value;
            }
            else
            {
                return false;
            }
        }

        return hasStep && reader.TokenType == JsonTokenType.EndObject && !reader.Read();
    }

    // Most lines have the names of the line before, in the same order.
    private string Name(ref Utf8JsonReader reader, int place)
    {
        if (place < _names.Count && reader.ValueTextEquals(_names[place]))
            return _names[place];
        string name = reader.GetString()!;
        if (place < _names.Count)
            _names[place] = name;
        else
            _names.Add(name);
        return name;
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
