using System.Text.Json;

namespace Evenkeel.Reporting.Metrics;

/// <summary>One line of a metrics file as text: <c>{"step":10,"loss":0.5}</c>; what JSON has no number for is "NaN", "Infinity", "-Infinity".</summary>
internal static class MetricsLine
{
    public const string StepKey = "step";

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
}
