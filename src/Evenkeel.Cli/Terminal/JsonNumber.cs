using System.Text.Json;

namespace Evenkeel.Cli.Terminal;

/// <summary>Numbers that may not be finite, which JSON has no word for.</summary>
internal static class JsonNumber
{
    /// <summary>Writes a number, or null in place of NaN and infinity.</summary>
    public static void Write(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumber(name, value);
        else
            writer.WriteNull(name);
    }
}
