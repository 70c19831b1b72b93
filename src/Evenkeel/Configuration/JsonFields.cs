using System.Globalization;
using System.Text.Json;

namespace Evenkeel.Configuration;

/// <summary>
/// Strict reading of one JSON object: each field is asked for by name and type, and <see cref="RequireNoOthers"/> refuses fields that
/// nobody asked for, so that a misspelt option is an error and not silence.
/// </summary>
internal sealed class JsonFields
{
    private const int LongestShown = 60;

    private readonly Dictionary<string, JsonElement> _fields = [];
    private readonly Dictionary<string, List<FieldForm>> _asked = [];
    private readonly string _path;

    /// <summary>Reads the object's fields.</summary>
    /// <param name="element">A JSON object.</param>
    /// <param name="path">Where it stands, for messages: the file, then the field, <c>config.json: network</c>.</param>
    /// <exception cref="ConfigurationException">It is not an object, or a field stands in it twice.</exception>
    public JsonFields(JsonElement element, string path)
    {
        _path = path;
        if (element.ValueKind != JsonValueKind.Object)
            throw new ConfigurationException($"{path}: expected an object {{...}}, found {Describe(element)}.");
        foreach (JsonProperty property in element.EnumerateObject())
        {
            if (!_fields.TryAdd(property.Name, property.Value))
                throw new ConfigurationException($"{path}: the field '{property.Name}' appears twice.");
        }
    }

    /// <summary>The fields that were asked for, and in which forms.</summary>
    internal IReadOnlyDictionary<string, List<FieldForm>> Asked => _asked;

    /// <summary>Whether the field is there and not null.</summary>
    public bool Has(string name)
    {
        _asked.TryAdd(name, []);
        return _fields.TryGetValue(name, out JsonElement e) && e.ValueKind != JsonValueKind.Null;
    }

    /// <summary>Whether a field is there; unlike <see cref="Has"/> this does not make it one that is known here.</summary>
    public bool Contains(string name) => _fields.ContainsKey(name);

    /// <summary>The path of a field, for messages.</summary>
    public string PathOf(string name) =>
        _path.EndsWith(": ", StringComparison.Ordinal) ? _path + name : $"{_path}.{name}";

    /// <summary>The raw element of a field that must be there.</summary>
    public JsonElement Element(string name) =>
        Has(name) ? _fields[name] : throw new ConfigurationException($"{PathOf(name)}: the field is missing.");

    /// <summary>A nested object that must be there.</summary>
    public JsonFields Object(string name)
    {
        var fields = new JsonFields(Element(name), PathOf(name));
        Ask(name, new FieldForm(FieldKind.Object) { Objects = [fields] });
        return fields;
    }

    /// <summary>Text, or the given default.</summary>
    public string Text(string name, string? otherwise = null)
    {
        Ask(name, new FieldForm(FieldKind.Text));
        return !Has(name) && otherwise is not null ? otherwise : Text(name, "text", Element(name));
    }

    /// <summary>A path or the name of a file, or the given default.</summary>
    public string FileName(string name, string? otherwise = null)
    {
        string text = Text(name, otherwise);
        return text.Length > 0 && !text.Contains('\0', StringComparison.Ordinal)
            ? text
            : throw new ConfigurationException(
                $"{PathOf(name)}: {(text.Length == 0 ? "it is empty" : "it contains a null character, which no path may have")}."
            );
    }

    /// <summary>Whether a field that usually is no text is the given word.</summary>
    public bool IsWord(string name, string word)
    {
        Ask(name, new FieldForm(FieldKind.Text) { Words = [word] });
        return Has(name) && _fields[name].ValueKind == JsonValueKind.String && _fields[name].ValueEquals(word);
    }

    /// <summary>One of the given words.</summary>
    public T Choice<T>(string name, IReadOnlyDictionary<string, T> choices, T otherwise)
    {
        ArgumentNullException.ThrowIfNull(choices);
        Ask(name, new FieldForm(FieldKind.Text) { Words = [.. choices.Keys] });
        if (!Has(name))
            return otherwise;
        string word = Text(name, "text", _fields[name]);
        return choices.TryGetValue(word, out T? value)
            ? value
            : throw new ConfigurationException(
                $"{PathOf(name)}: '{word}' is not one of {string.Join(", ", choices.Keys)}."
            );
    }

    /// <summary>true or false, or the default.</summary>
    public bool Flag(string name, bool otherwise)
    {
        Ask(name, new FieldForm(FieldKind.Flag));
        if (!Has(name))
            return otherwise;
        JsonElement e = _fields[name];
        return e.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? e.GetBoolean()
            : throw Wrong(name, "true or false", e);
    }

    /// <summary>A whole number within a range, or the default.</summary>
    public long Integer(string name, long? otherwise, long least = long.MinValue, long most = long.MaxValue)
    {
        var form = new FieldForm(FieldKind.Integer) { Least = least, Most = most };
        Ask(name, form);
        return !Has(name) && otherwise is { } value ? value : Integer(name, form, "a whole number", Element(name));
    }

    /// <summary>A number, or the default. What is computed is computed in float32, so that numbers have its range.</summary>
    public double Number(string name, double? otherwise)
    {
        Ask(name, new FieldForm(FieldKind.Number));
        return !Has(name) && otherwise is { } value ? value : Number(name, "a number", Element(name));
    }

    /// <summary>A list of whole numbers within a range; a number alone stands for a list of one.</summary>
    public long[] Integers(string name, long least = long.MinValue, long most = long.MaxValue)
    {
        var form = new FieldForm(FieldKind.Integer)
        {
            Lists = 1,
            Least = least,
            Most = most,
        };
        Ask(name, form);
        return [.. OneOrMany(Element(name)).Select(e => Integer(name, form, "a whole number or a list of them", e))];
    }

    /// <summary>A list of lists of whole numbers within a range; in it a number alone stands for a list of one.</summary>
    public long[][] IntegerLists(string name, long least, long most)
    {
        var form = new FieldForm(FieldKind.Integer)
        {
            Lists = 2,
            Least = least,
            Most = most,
        };
        Ask(name, form);
        const string Expected = "a list of whole numbers and of lists of them";
        JsonElement list = Element(name);
        return list.ValueKind == JsonValueKind.Array
            ?
            [
                .. list.EnumerateArray()
                    .Select(e => OneOrMany(e).Select(i => Integer(name, form, Expected, i)).ToArray()),
            ]
            : throw Wrong(name, Expected, list);
    }

    /// <summary>A list of numbers in the range of float32; a number alone stands for a list of one.</summary>
    public double[] Numbers(string name)
    {
        Ask(name, new FieldForm(FieldKind.Number) { Lists = 1 });
        return [.. OneOrMany(Element(name)).Select(e => Number(name, "a number or a list of them", e))];
    }

    /// <summary>A list of texts; a text alone stands for a list of one.</summary>
    public string[] Texts(string name)
    {
        Ask(name, new FieldForm(FieldKind.Text) { Lists = 1 });
        return [.. OneOrMany(Element(name)).Select(e => Text(name, "a text or a list of them", e))];
    }

    /// <summary>The objects of a list.</summary>
    public JsonFields[] Objects(string name)
    {
        JsonElement e = Element(name);
        JsonFields[] objects =
            e.ValueKind == JsonValueKind.Array
                ? [.. e.EnumerateArray().Select((item, i) => new JsonFields(item, $"{PathOf(name)}[{i}]"))]
                : throw Wrong(name, "a list of objects", e);
        Ask(name, new FieldForm(FieldKind.Object) { Lists = 1, Objects = objects });
        return objects;
    }

    /// <summary>Refuses fields that were not asked for.</summary>
    public void RequireNoOthers()
    {
        foreach (string name in _fields.Keys)
        {
            if (!_asked.ContainsKey(name))
            {
                throw new ConfigurationException(
                    $"{PathOf(name)}: unknown field; known here: {string.Join(", ", _asked.Keys.Order())}."
                );
            }
        }
    }

    /// <summary>An error about a field.</summary>
    public ConfigurationException Wrong(string name, string expected, JsonElement found) =>
        new($"{PathOf(name)}: expected {expected}, found {Describe(found)}.");

    /// <summary>Runs a check that throws <see cref="ArgumentException"/> and names this object in its message.</summary>
    public T Checked<T>(T value, Action<T> validate)
    {
        ArgumentNullException.ThrowIfNull(validate);
        try
        {
            validate(value);
            return value;
        }
        catch (ArgumentException e)
        {
            throw new ConfigurationException($"{_path.TrimEnd(' ', ':')}: {Said(e)}", e);
        }
    }

    /// <summary>What an exception says, as one sentence without the program's name for the value.</summary>
    internal static string Said(ArgumentException e)
    {
        int parameter = e.ParamName is null ? -1 : e.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return (parameter < 0 ? e.Message : e.Message[..parameter]).TrimEnd('.') + ".";
    }

    private void Ask(string name, FieldForm form)
    {
        _asked.TryAdd(name, []);
        _asked[name].Add(form);
    }

    private static JsonElement[] OneOrMany(JsonElement e) =>
        e.ValueKind == JsonValueKind.Array ? [.. e.EnumerateArray()] : [e];

    private string Text(string name, string expected, JsonElement e) =>
        e.ValueKind == JsonValueKind.String ? e.GetString()! : throw Wrong(name, expected, e);

    private long Integer(string name, FieldForm form, string expected, JsonElement e)
    {
        if (e.ValueKind != JsonValueKind.Number || !e.TryGetInt64(out long number))
            throw Wrong(name, expected, e);
        return number >= form.Least && number <= form.Most
            ? number
            : throw new ConfigurationException(
                $"{PathOf(name)}: {number} is outside {Range(number, form.Least, form.Most)}."
            );
    }

    private double Number(string name, string expected, JsonElement e)
    {
        if (e.ValueKind != JsonValueKind.Number || !e.TryGetDouble(out double number))
            throw Wrong(name, expected, e);
        return float.IsFinite((float)number)
            ? number
            : throw new ConfigurationException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{PathOf(name)}: {Shown(e.GetRawText())} is outside -{float.MaxValue:G2} to {float.MaxValue:G2}, the range of float32."
                )
            );
    }

    private static string Shown(string text) => text.Length <= LongestShown ? text : $"{text[..LongestShown]}...";

    // A limit that is only that of the type is of no use to who came out below.
    private static string Range(long number, long least, long most) =>
        number < least && most >= int.MaxValue ? $"{least} and up" : $"{least} to {most}";

    private static string Describe(JsonElement e) =>
        e.ValueKind switch
        {
            JsonValueKind.String => $"the text \"{Shown(e.GetString()!)}\"",
            JsonValueKind.Number => $"the number {Shown(e.GetRawText())}",
            JsonValueKind.Array => "a list",
            JsonValueKind.Object => "an object",
            _ => e.ValueKind.ToString().ToLowerInvariant(),
        };
}
