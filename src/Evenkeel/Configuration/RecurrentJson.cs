using System.Text.Json;
using Evenkeel.Graphs;
using Evenkeel.Networks;

namespace Evenkeel.Configuration;

/// <summary>
/// Recurrent layers of a configuration, which stand for the layers of all their steps: <c>{"type": "lstm", "units": 100, "direction": "both"}</c>.
/// Files of models hold those layers themselves.
/// </summary>
internal static class RecurrentJson
{
    private static readonly Dictionary<string, Func<Network, int, RecurrentOptions, string, Network>> Kinds = new()
    {
        ["lstm"] = (network, units, options, name) => network.Lstm(units, options, name),
        ["gru"] = (network, units, options, name) => network.Gru(units, options, name),
        ["rnn"] = (network, units, options, name) => network.Rnn(units, options, name),
    };

    private static readonly Dictionary<string, RecurrentDirection> Directions = new()
    {
        ["forward"] = RecurrentDirection.Forward,
        ["backward"] = RecurrentDirection.Backward,
        ["both"] = RecurrentDirection.Both,
    };

    /// <summary>The types.</summary>
    public static IEnumerable<string> Types => Kinds.Keys;

    /// <summary>Whether an object is one of them.</summary>
    public static bool Is(JsonFields fields) => Kinds.ContainsKey(fields.Text("type"));

    /// <summary>Appends the layers of one.</summary>
    /// <param name="fields">The object.</param>
    /// <param name="nodes">The layers before it; those of its steps are added.</param>
    /// <param name="name">What it is called unless the object says it.</param>
    /// <exception cref="ConfigurationException">A field is unknown, missing or of the wrong type.</exception>
    /// <exception cref="GraphException">It reads no steps.</exception>
    public static void Append(JsonFields fields, List<Node> nodes, string name)
    {
        RecurrentOptions usual = new();
        int units = (int)fields.Integer("units", null, 1, int.MaxValue);
        var options = new RecurrentOptions
        {
            Direction = fields.Choice("direction", Directions, usual.Direction),
            Sequence = fields.Flag("sequence", usual.Sequence),
            Masked = fields.Flag("masked", usual.Masked),
            TrainStart = fields.Flag("trainStart", usual.TrainStart),
            BatchNorm = fields.Has("batchNorm") ? ReadNorm(fields) : null,
            InputInitializer = fields.Has("init")
                ? InitializerJson.Read(fields.Object("init"))
                : usual.InputInitializer,
            HiddenInitializer = fields.Has("hiddenInit")
                ? InitializerJson.Read(fields.Object("hiddenInit"))
                : usual.HiddenInitializer,
        };
        string type = fields.Text("type"),
            scope = fields.Text("name", name),
            input = fields.Has("inputs") ? Only(fields) : nodes[^1].Name;
        fields.RequireNoOthers();
        Kinds[type](Network.After(nodes, input), units, options, scope);
    }

    private static string Only(JsonFields fields) =>
        fields.Texts("inputs") is [var input]
            ? input
            : throw new ConfigurationException($"{fields.PathOf("inputs")}: a recurrent layer reads one value.");

    private static RecurrentBatchNorm? ReadNorm(JsonFields fields)
    {
        if (fields.Element("batchNorm").ValueKind is JsonValueKind.True or JsonValueKind.False)
            return fields.Flag("batchNorm", false) ? new RecurrentBatchNorm() : null;
        JsonFields norm = fields.Object("batchNorm");
        RecurrentBatchNorm usual = new();
        var read = new RecurrentBatchNorm
        {
            Convention = ConventionJson.Read(norm),
            InitialScale = (float)norm.Number("initialScale", usual.InitialScale),
            OwnSteps = norm.Has("ownSteps") ? (int)norm.Integer("ownSteps", null, 1, int.MaxValue) : null,
            SyncGroupSize = (int)norm.Integer("syncGroupSize", usual.SyncGroupSize, 0, int.MaxValue),
            StartNoise = (float)norm.Number("startNoise", usual.StartNoise),
        };
        norm.RequireNoOthers();
        return read;
    }
}
