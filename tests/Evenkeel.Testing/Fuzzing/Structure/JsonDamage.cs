using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evenkeel.Testing.Fuzzing.Structure;

/// <summary>Damages JSON value by value; what is written is mostly JSON, some of it with names twice or half of a character.</summary>
internal static class JsonDamage
{
    private const int MostSteps = 4;

    // Put where a name is to stand twice, or half of a character, which the writer would not write; replaced in the text.
    private const string Twice = "\u0001",
        Half = "\u0002";

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1000 };
    private static readonly JsonSerializerOptions Writing = new() { MaxDepth = 2000 };

    public static string Damage(string text, Random random)
    {
        JsonNode root = JsonNode.Parse(text.Replace("\\ud800", "\\u0002", StringComparison.Ordinal), null, Deep)!;
        int steps = random.Next(1, MostSteps + 1);
        for (int i = 0; i < steps; i++)
            root = Step(root, random);
        return root.ToJsonString(Writing)
            .Replace("\\u0001", "", StringComparison.Ordinal)
            .Replace("\\u0002", "\\ud800", StringComparison.Ordinal);
    }

    private static JsonNode Step(JsonNode root, Random random)
    {
        JsonNode[] all = [.. All(root)];
        JsonNode node = Odd.One(random, all);
        switch (random.Next(8))
        {
            case 0:
                return Replaced(root, node, Odd.One(random, all).DeepClone());
            case 1:
                return Replaced(root, node, Value(random));
            case 2:
                return Replaced(root, node, Nested(node.DeepClone(), random));
            case 3 when node.Parent is { } parent:
                Remove(parent, node);
                return root;
            default:
                return Edit(root, node, random, all);
        }
    }

    private static JsonNode Edit(JsonNode root, JsonNode node, Random random, JsonNode[] all)
    {
        switch (node)
        {
            case JsonObject { Count: > 0 } o:
                Add(o, Odd.One(random, o.ToArray()), random);
                return root;
            case JsonArray { Count: > 0 } a:
                int times = Odd.Times(random, 500);
                for (int i = 0; i < times; i++)
                    a.Insert(random.Next(a.Count + 1), Odd.One(random, a.ToArray())?.DeepClone());
                return root;
            case JsonValue v when v.GetValueKind() == JsonValueKind.Number:
                return Replaced(root, node, Number(random, v));
            case JsonValue v when v.GetValueKind() == JsonValueKind.String:
                JsonNode[] texts = [.. all.Where(n => n.GetValueKind() == JsonValueKind.String)];
                return Replaced(
                    root,
                    node,
                    random.Next(3) == 0 ? Odd.Text(random) : Odd.One(random, texts).DeepClone()
                );
            default:
                return Replaced(root, node, Value(random));
        }
    }

    private static void Add(JsonObject o, KeyValuePair<string, JsonNode?> present, Random random)
    {
        JsonNode? value = random.Next(2) == 0 ? present.Value?.DeepClone() : Value(random);
        string name = random.Next(3) switch
        {
            0 => present.Key + Twice,
            1 => Odd.Text(random),
            _ => present.Key.ToUpperInvariant(),
        };
        if (random.Next(2) == 0)
            o.Remove(present.Key);
        o[name] = value;
    }

    private static JsonNode Nested(JsonNode node, Random random)
    {
        int depth = Odd.Times(random, 300);
        for (int i = 0; i < depth; i++)
            node = random.Next(2) == 0 ? new JsonArray(node) : new JsonObject { ["nodes"] = node };
        return node;
    }

    private static JsonNode Number(Random random, JsonValue present) =>
        present.TryGetValue(out long whole) ? Odd.Number(random, whole) : Value(random);

    private static JsonNode Value(Random random) =>
        random.Next(9) switch
        {
            0 => JsonValue.Create(random.Next(2) == 0),
            1 => Odd.Text(random),
            2 => new JsonArray(),
            3 => new JsonObject(),
            4 => JsonNode.Parse("1e308")!,
            5 => JsonNode.Parse("0." + new string('3', 400))!,
            6 => JsonNode.Parse(new string('9', random.Next(1, 400)))!,
            7 => Half,
            _ => Odd.Number(random),
        };

    private static JsonNode Replaced(JsonNode root, JsonNode node, JsonNode by)
    {
        switch (node.Parent)
        {
            case JsonObject o:
                o[node.GetPropertyName()] = by;
                return root;
            case JsonArray a:
                a[node.GetElementIndex()] = by;
                return root;
            default:
                return by;
        }
    }

    private static void Remove(JsonNode parent, JsonNode node)
    {
        if (parent is JsonObject o)
            o.Remove(node.GetPropertyName());
        else
            ((JsonArray)parent).RemoveAt(node.GetElementIndex());
    }

    private static IEnumerable<JsonNode> All(JsonNode node) =>
        node switch
        {
            JsonObject o => o.Where(p => p.Value is not null).SelectMany(p => All(p.Value!)).Prepend(node),
            JsonArray a => a.Where(e => e is not null).SelectMany(e => All(e!)).Prepend(node),
            _ => [node],
        };
}
