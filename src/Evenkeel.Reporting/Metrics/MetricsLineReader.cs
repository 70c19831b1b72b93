using System.Text.Json;

namespace Evenkeel.Reporting.Metrics;

/// <summary>Reads the lines of a metrics file one after the other, and allocates nothing where their names were seen before.</summary>
internal sealed class MetricsLineReader
{
    // In bytes; a longer name is made for each line.
    private const int LongestKept = 256;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

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
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = Name(ref reader);
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

    private string Name(ref Utf8JsonReader reader)
    {
        if (reader.ValueSpan.Length > LongestKept)
            return reader.GetString()!;
        Span<char> text = stackalloc char[LongestKept];
        text = text[..reader.CopyString(text)];
        if (!_names.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out string? name))
        {
            name = text.ToString();
            if (_names.Count < MetricsCourses.MaxNames)
                _names.Add(name);
        }

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
