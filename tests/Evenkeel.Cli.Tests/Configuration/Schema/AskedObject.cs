using System.Text.Json.Nodes;
using Evenkeel.Configuration;

namespace Evenkeel.Cli.Tests.Configuration.Schema;

/// <summary>What readers ask objects of one kind for.</summary>
/// <param name="definition">The kind, such as layer.</param>
/// <param name="word">Which of the kind, such as linear; empty where there is one, or where no word says which.</param>
internal sealed class AskedObject(string definition, string word)
{
    private readonly Dictionary<string, AskedField> _fields = [];

    public string Definition => definition;

    public string Word => word;

    /// <summary>The fields, in the order in which they were asked for first.</summary>
    public IReadOnlyDictionary<string, AskedField> Fields => _fields;

    public AskedField Field(string name) =>
        _fields.TryGetValue(name, out AskedField? field) ? field : _fields[name] = new AskedField();
}

/// <summary>What readers ask a field for, and what is known of it besides.</summary>
internal sealed class AskedField
{
    /// <summary>Its forms, one of each kind.</summary>
    public List<FieldForm> Forms { get; } = [];

    /// <summary>The kind of its objects, if it has any.</summary>
    public string? Objects { get; private set; }

    /// <summary>What is meant where it is left out, if that is always the same.</summary>
    public JsonNode? Default { get; set; }

    public string? Description { get; set; }

    /// <summary>Whether the readers miss it wherever it is left out; null until that was tried.</summary>
    public bool? Required { get; set; }

    /// <summary>Of numbers, null until they were tried.</summary>
    public NumberBounds? Bounds { get; set; }

    /// <summary>
    /// Gives fields of one name what others show, in objects of the same kind: a field that was left out in all objects of a word was not
    /// asked for its form, one that may be an object not in all its forms, and what all of them have one section tells.
    /// </summary>
    public static void Share(AskedField[] fields)
    {
        bool objects = fields.Any(f => f.Objects is not null);
        AskedField? told = fields.FirstOrDefault(f => f.Description is not null);
        foreach (AskedField field in fields.Where(f => objects || f.Forms.Count == 0).ToArray())
        {
            foreach (AskedField other in fields)
            {
                foreach (FieldForm form in other.Forms.ToArray())
                    field.Add(form, other.Objects ?? "");
                field.Bounds ??= other.Bounds;
            }
        }

        foreach (AskedField field in fields.Where(f => told is not null && f.Description is null))
            (field.Description, field.Default) = (told!.Description, field.Default ?? told.Default);
    }

    /// <summary>Adds a form.</summary>
    /// <param name="form">The form.</param>
    /// <param name="kind">What objects in the field are.</param>
    public void Add(FieldForm form, string kind)
    {
        if (form.Kind == FieldKind.Object)
            Objects = kind;
        int same = Forms.FindIndex(f => f.Kind == form.Kind && f.Lists == form.Lists);
        if (same < 0)
        {
            Forms.Add(form);
            return;
        }

        FieldForm known = Forms[same];
        Forms[same] = known with
        {
            Least = Math.Min(known.Least, form.Least),
            Most = Math.Max(known.Most, form.Most),
            // Any text, once that was asked for.
            Words = known.Words.Count == 0 || form.Words.Count == 0 ? [] : [.. known.Words.Union(form.Words)],
        };
    }
}
