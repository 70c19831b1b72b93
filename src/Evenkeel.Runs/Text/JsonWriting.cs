using System.Text.Json;

namespace Evenkeel.Runs.Text;

/// <summary>The forms that JSON is written in beside single fields.</summary>
internal static class JsonWriting
{
    /// <summary>An object as UTF-8.</summary>
    /// <param name="fields">Writes its fields.</param>
    /// <param name="style">How it is written.</param>
    public static byte[] Object(Action<Utf8JsonWriter> fields, JsonWriterOptions style = default)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, style))
        {
            writer.WriteStartObject();
            fields(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>A list of objects: what is written while an item is at hand are the fields of its object.</summary>
    public static IEnumerable<T> Objects<T>(this Utf8JsonWriter writer, string name, IEnumerable<T> items)
    {
        writer.WriteStartArray(name);
        foreach (T item in items)
        {
            writer.WriteStartObject();
            yield return item;
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>A number, or null in place of NaN and infinity, which JSON has no word for.</summary>
    public static void WriteFinite(this Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
    }

    /// <summary>A list of numbers.</summary>
    public static void WriteNumbers(this Utf8JsonWriter writer, string name, params IEnumerable<double> values)
    {
        writer.WriteStartArray(name);
        foreach (double value in values)
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }

    /// <summary>A list of texts.</summary>
    public static void WriteStrings(this Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }
}
