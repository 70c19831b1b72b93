using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Evenkeel.Configuration;

/// <summary>
/// JSON whose every name and text is valid Unicode. JSON itself allows an escape for half of a surrogate pair, which no text holds: it shows
/// when the text is asked for, wherever that is, and not when the file is read.
/// </summary>
internal static class JsonText
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    /// <summary>Parses JSON.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">The name for messages.</param>
    /// <exception cref="ConfigurationException">It is not JSON, or holds half of a surrogate pair; says where.</exception>
    public static JsonDocument Parse(string json, string source)
    {
        Check(json, source);
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new ConfigurationException($"{source}: not valid JSON: {e.Message}", e);
        }
    }

    /// <summary>Refuses text that holds half of a surrogate pair; what is wrong with it as JSON is left to whoever parses it.</summary>
    /// <param name="json">The text.</param>
    /// <param name="source">The name for messages.</param>
    /// <exception cref="ConfigurationException">Says where it stands.</exception>
    public static void Check(string json, string source)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            byte[] bytes = Strict.GetBytes(json);
            if (FirstBroken(bytes) is { } at)
                throw Broken(source, bytes, at);
        }
        catch (EncoderFallbackException e)
        {
            throw new ConfigurationException(
                $"{source}: the text holds half of a surrogate pair, which is not a character.",
                e
            );
        }
        catch (JsonException)
        {
            // Told by whoever parses it, in its own words.
        }
    }

    /// <summary>What is written, as one line.</summary>
    internal static string Written(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            write(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static long? FirstBroken(byte[] bytes)
    {
        var reader = new Utf8JsonReader(bytes);
        while (reader.Read())
        {
            bool text = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName;
            if (text && reader.ValueIsEscaped && !IsText(ref reader))
                return reader.TokenStartIndex;
        }

        return null;
    }

    private static bool IsText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static ConfigurationException Broken(string source, byte[] bytes, long at)
    {
        ReadOnlySpan<byte> before = bytes.AsSpan(0, (int)at);
        int line = before.Count((byte)'\n') + 1,
            position = (int)at - before.LastIndexOf((byte)'\n');
        return new ConfigurationException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{source.TrimEnd(' ', ':')}, line {line}, position {position}: the text holds half of a surrogate pair, which is not a character."
            )
        );
    }
}
