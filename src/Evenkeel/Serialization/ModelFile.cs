using Evenkeel.Configuration;
using Evenkeel.Serialization;

namespace Evenkeel;

/// <summary>
/// Models as safetensors files. Tensors have PyTorch's names and layouts. The metadata contains the network and its batch-normalisation
/// conventions as JSON, and the notes of the model.
/// </summary>
public static class ModelFile
{
    internal const string NetworkKey = "evenkeel.network";
    internal const string NotesKey = "evenkeel.notes";

    /// <summary>Writes a model; the file is written completely or not at all.</summary>
    public static void Save(this Model model, string path) => Save(model, path, new Dictionary<string, string>());

    /// <summary>Writes a model's file to a stream.</summary>
    /// <param name="model">The model.</param>
    /// <param name="stream">Written from its current position, and left open.</param>
    public static void Save(this Model model, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(model);
        Writer(model).WriteTo(stream);
    }

    /// <summary>Writes a model with additional metadata.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file, which is written completely or not at all.</param>
    /// <param name="notes">Additional metadata; the entries of the model take precedence.</param>
    public static void Save(Model model, string path, IReadOnlyDictionary<string, string> notes)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(notes);
        SafeTensorsWriter writer = Writer(model);
        foreach ((string key, string value) in notes.Where(n => n.Key is not (NetworkKey or NotesKey)))
            writer.WithMetadata(key, value);
        writer.Save(path);
    }

    /// <summary>Reads a network and its tensors from a file written by <see cref="Save(Model, string)"/> or as a checkpoint.</summary>
    /// <exception cref="SafeTensorsException">The file is not safetensors, or damaged.</exception>
    /// <exception cref="ModelFileException">The file contains no network, or its tensors do not fit the network.</exception>
    public static Model Load(string path) => Load(path, ValueChecks.Usable);

    /// <summary>
    /// Reads a model whose values may be NaN, infinite or negative variances, to inspect and repair it; otherwise as <see cref="Load(string)"/>.
    /// </summary>
    public static Model LoadDamaged(string path) => Load(path, ValueChecks.None);

    /// <summary>Reads tensors for a network that the file does not contain, such as a PyTorch state file.</summary>
    /// <param name="path">The file; for tensor names see <see cref="LoadInto"/>.</param>
    /// <param name="graph">The network.</param>
    /// <exception cref="SafeTensorsException">The file is not safetensors, or damaged.</exception>
    /// <exception cref="ModelFileException">A parameter is missing, of another shape, not finite, or unknown to the network.</exception>
    public static Model Load(string path, Graph graph) => Load(path, graph, ValueChecks.Usable);

    /// <summary>The same; values may be NaN, infinite or negative variances, to inspect and repair the model.</summary>
    public static Model LoadDamaged(string path, Graph graph) => Load(path, graph, ValueChecks.None);

    /// <summary>Reads a model from a stream, from its current position to its end; otherwise as <see cref="Load(string)"/>.</summary>
    /// <param name="stream">A readable stream, which is left open.</param>
    /// <param name="name">The name for messages.</param>
    public static Model Load(Stream stream, string name = "model") =>
        Load(SafeTensorsReader.FromStream(stream, name), null, name, ValueChecks.Usable);

    /// <summary>Reads tensors for a network from a stream; otherwise as <see cref="Load(string, Graph)"/>.</summary>
    /// <param name="stream">A readable stream, which is left open.</param>
    /// <param name="graph">The network.</param>
    /// <param name="name">The name for messages.</param>
    public static Model Load(Stream stream, Graph graph, string name = "model")
    {
        ArgumentNullException.ThrowIfNull(graph);
        return Load(SafeTensorsReader.FromStream(stream, name), graph, name, ValueChecks.Usable);
    }

    /// <summary>Reads a model from memory; otherwise as <see cref="Load(string)"/>.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="name">The name for messages.</param>
    public static Model Load(ReadOnlyMemory<byte> content, string name = "model") =>
        Load(SafeTensorsReader.FromBytes(content, name), null, name, ValueChecks.Usable);

    /// <summary>Reads tensors for a network from memory; otherwise as <see cref="Load(string, Graph)"/>.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="graph">The network.</param>
    /// <param name="name">The name for messages.</param>
    public static Model Load(ReadOnlyMemory<byte> content, Graph graph, string name = "model")
    {
        ArgumentNullException.ThrowIfNull(graph);
        return Load(SafeTensorsReader.FromBytes(content, name), graph, name, ValueChecks.Usable);
    }

    private static Model Load(string path, Graph graph, ValueCheck check)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return Load(SafeTensorsReader.Open(path), graph, path, check);
    }

    private static Model Load(string path, ValueCheck check) => Load(SafeTensorsReader.Open(path), null, path, check);

    private static Model Load(SafeTensorsReader opened, Graph? graph, string name, ValueCheck check)
    {
        using SafeTensorsReader reader = opened;
        return ModelTensors.ReadNew(reader, graph ?? ReadGraph(reader, name), name, check);
    }

    /// <summary>
    /// Reads tensors into a model. Their names are those of the model or those of PyTorch's <c>nn.Sequential</c>. Running statistics that
    /// the file lacks are not changed.
    /// </summary>
    /// <exception cref="SafeTensorsException">The file is not safetensors, or damaged.</exception>
    /// <exception cref="ModelFileException">A parameter is missing, of another shape, not finite, or unknown to the network.</exception>
    public static void LoadInto(Model model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        // Into a copy first, so that a file that turns out bad leaves the model as it was.
        using Model copy = model.Clone();
        ModelTensors.Read(reader, copy, path, ValueChecks.Usable);
        model.CopyFrom(copy);
    }

    internal static SafeTensorsWriter Writer(Model model)
    {
        SafeTensorsWriter writer = new SafeTensorsWriter().WithMetadata(NetworkKey, TextOf(model.Graph));
        if (model.HoldingNotes.Any())
            writer.WithMetadata(NotesKey, NotesJson.ToText(model.HoldingNotes));
        ModelTensors.Add(writer, model);
        return writer;
    }

    internal static Graph ReadGraph(SafeTensorsReader reader, string path) =>
        reader.Metadata.TryGetValue(NetworkKey, out string? json)
            ? GraphJson.Parse(json, $"{path} ({NetworkKey})")
            : throw new ModelFileException(
                $"{path}: its metadata has no '{NetworkKey}', so the file does not say which network it is for; "
                    + "name its network to load it; to train further, name "
                    + "the file as the initial weights of a configuration."
            );

    // A network that could not be read back is refused before anything is written.
    private static string TextOf(Graph graph)
    {
        try
        {
            string text = GraphJson.ToText(graph);
            Graph read = GraphJson.Parse(text, "network");
            return Difference(graph, read) is { } layer
                ? throw new ModelFileException(
                    $"The network cannot be saved: a file cannot describe layer '{layer}' completely. Save the network as it was built."
                )
                : text;
        }
        catch (Exception e) when (e is ArgumentException or ConfigurationException or GraphException)
        {
            throw new ModelFileException($"The network cannot be saved: {e.Message}", e);
        }
    }

    private static string? Difference(Graph graph, Graph read) =>
        graph.Nodes.Zip(read.Nodes).FirstOrDefault(pair => !pair.First.Equals(pair.Second)).First?.Name
        ?? (graph.Results.SequenceEqual(read.Results) ? null : graph.OutputName);
}
