using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Configuration;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Tests.Configuration.Schema;

/// <summary>What the readers ask for while they read every value that docs/configuration-values.json accepts.</summary>
internal sealed partial class AskedObjects
{
    public const string Root = "configuration";

    // A field is named after the kind of its objects, but for these.
    private static readonly Dictionary<string, string> Kinds = new()
    {
        ["layers"] = "layer",
        ["outputs"] = "output",
        ["init"] = "initializer",
        ["then"] = "learningRate",
    };

    private readonly Dictionary<(string Definition, string Word), AskedObject> _objects = [];

    private AskedObjects() { }

    public static IReadOnlyCollection<AskedObject> All { get; } = Ask();

    /// <summary>The field whose word says which of its kind an object is; null for kinds of which there is one.</summary>
    public static string? Discriminator(string definition) =>
        definition == "network" ? "name"
        : All.Any(o => o.Definition == definition && o.Fields.ContainsKey("type")) ? "type"
        : null;

    private static Dictionary<(string, string), AskedObject>.ValueCollection Ask()
    {
        var asked = new AskedObjects();
        foreach (FieldSection section in FieldSection.All.Values)
        {
            foreach (Func<ConfigText> make in section.Accepted())
                asked.Read(section, make);
        }

        foreach (IGrouping<string, AskedObject> kind in asked._objects.Values.GroupBy(o => o.Definition))
        {
            foreach (string name in kind.SelectMany(o => o.Fields.Keys).Distinct())
                AskedField.Share([.. kind.SelectMany(o => o.Fields).Where(f => f.Key == name).Select(f => f.Value)]);
        }

        return asked._objects.Values;
    }

    private void Read(FieldSection section, Func<ConfigText> make) =>
        make()
            .Read(root =>
            {
                RunConfigReader.ReadFields(root, Path.GetTempPath());
                Add(Root, root);
                Try(section, make, root);
                return root;
            });

    private AskedObject Add(string definition, JsonFields fields)
    {
        string word = Word(definition, fields);
        if (!_objects.TryGetValue((definition, word), out AskedObject? asked))
            _objects[(definition, word)] = asked = new AskedObject(definition, word);
        foreach ((string name, List<FieldForm> forms) in fields.Asked)
        {
            AskedField field = asked.Field(name);
            foreach (FieldForm form in forms)
            {
                string kind = Kinds.GetValueOrDefault(name, name);
                field.Add(form, kind);
                foreach (JsonFields inner in form.Objects)
                    Add(kind, inner);
            }
        }

        return asked;
    }

    // What only trying shows, of the section's object.
    private void Try(FieldSection section, Func<ConfigText> make, JsonFields root)
    {
        if (Find(root, $"test: {ListPlace().Replace(section.At, "[$1]")}") is not var (definition, fields))
            throw new InvalidOperationException($"{section.At} was not read.");
        AskedObject asked = _objects[(definition, Word(definition, fields))];
        foreach ((string name, JsonObject values) in section.Fields)
        {
            if (asked.Fields.TryGetValue(name, out AskedField? field))
            {
                field.Default ??= values["default"];
                field.Description ??= ConfigurationPage.Description(section, name, values);
            }
        }

        foreach ((string name, AskedField field) in asked.Fields)
        {
            field.Required =
                fields.Has(name)
                && field.Required != false
                && Refusal(make, section.PathOf(name), null)?.Contains("missing", StringComparison.Ordinal) == true;
            if (field.Bounds is null && field.Forms.Any(f => f.Kind == FieldKind.Number))
                field.Bounds = NumberBounds.Of(x => Refusal(make, section.PathOf(name), x) is null);
        }
    }

    private static (string Definition, JsonFields Fields)? Find(JsonFields fields, string place, string kind = Root)
    {
        if (fields.PathOf("").TrimEnd('.') == place)
            return (kind, fields);
        return fields
            .Asked.SelectMany(f => f.Value.SelectMany(form => form.Objects).Select(o => (f.Key, Fields: o)))
            .Select(o => Find(o.Fields, place, Kinds.GetValueOrDefault(o.Key, o.Key)))
            .FirstOrDefault(found => found is not null);
    }

    private static string? Refusal(Func<ConfigText> make, string path, JsonNode? value)
    {
        ConfigText text = make();
        text.Set(path, value);
        try
        {
            RunConfigReader.Read(text);
            return null;
        }
        catch (ConfigurationException e)
        {
            return e.Message;
        }
    }

    private static string Word(string definition, JsonFields fields) =>
        definition == "network" ? (fields.Has("name") ? fields.Element("name").GetString()! : "")
        : fields.Contains("type") ? fields.Element("type").GetString()!
        : definition == "data" ? PixelDataConfig.Word
        : "";

    [GeneratedRegex(@"\.(\d+)")]
    private static partial Regex ListPlace();
}
