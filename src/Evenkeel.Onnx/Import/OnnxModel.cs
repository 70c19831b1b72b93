using Evenkeel.Onnx.Files;
using Evenkeel.Onnx.Import;
using Evenkeel.Onnx.Messages;

namespace Evenkeel.Onnx;

/// <summary>
/// A network read from an ONNX file. Files keep channels first, [batch, channels, height, width]; the model keeps them last,
/// [batch, height, width, channels], at its input, its output and everywhere between. <see cref="ChannelOrder"/> converts.
/// </summary>
public sealed class OnnxModel : IDisposable
{
    private OnnxModel(GraphImport import, IReadOnlyDictionary<string, string> metadata)
    {
        Metadata = metadata;
        Model = import.Run();
        OutputNames = import.OutputNames;
        Opset = import.Opset;
        foreach (string note in import.Network.Notes.Sentences)
            Model.AddNote(note);
    }

    /// <summary>The network and its weights. Disposed with this object.</summary>
    public Model Model { get; }

    /// <summary>Name of the first input in the file; <see cref="Graph.Inputs"/> has all by the file's names.</summary>
    public string InputName => Model.Graph.Input.Name;

    /// <summary>Name of the primary imported output in the file.</summary>
    public string OutputName => Model.Graph.Results[0].Name;

    /// <summary>
    /// Names of all outputs that the file has. All are imported, as <see cref="Graph.Results"/>, unless <see cref="OnnxImportOptions.Output"/>
    /// asks for one.
    /// </summary>
    public IReadOnlyList<string> OutputNames { get; }

    /// <summary>Version of the operators in the file.</summary>
    public int Opset { get; }

    /// <summary>What the file's maker noted in it, by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>What was read differently from what the file says, and where the file left a choice.</summary>
    public IReadOnlyList<string> Notes => Model.Notes;

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file; external files with weights are read only from its folder.</param>
    /// <param name="options">What to import, and limits; null for the defaults.</param>
    /// <exception cref="OnnxException">
    /// The file is damaged, exceeds a limit, or has nodes that cannot be imported; the message lists all of them.
    /// </exception>
    public static OnnxModel Load(string path, OnnxImportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new OnnxImportOptions();
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        return Import(ModelReader.Read(path, options), path, new ExternalData(folder), options);
    }

    /// <summary>
    /// Reads a model from a stream, from its current position to its end; otherwise as <see cref="Load(string, OnnxImportOptions)"/>.
    /// </summary>
    /// <param name="stream">A readable stream, which is left open.</param>
    /// <param name="options">What to import, and limits; null for the defaults.</param>
    /// <param name="name">The name for messages.</param>
    /// <exception cref="OnnxException">As of a file, or weights lie in external files, which only a path leads to.</exception>
    public static OnnxModel Load(Stream stream, OnnxImportOptions? options = null, string name = "model")
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= new OnnxImportOptions();
        return Import(ModelReader.Read(stream, name, options), name, null, options);
    }

    /// <summary>Reads a model from memory; otherwise as <see cref="Load(string, OnnxImportOptions)"/>.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="options">What to import, and limits; null for the defaults.</param>
    /// <param name="name">The name for messages.</param>
    /// <exception cref="OnnxException">As of a file, or weights lie in external files, which only a path leads to.</exception>
    public static OnnxModel Load(ReadOnlyMemory<byte> content, OnnxImportOptions? options = null, string name = "model")
    {
        options ??= new OnnxImportOptions();
        return Import(ModelReader.Parse(content, name, options), name, null, options);
    }

    /// <summary>
    /// What a file computes from, without importing it: which sizes it leaves open, to be given in
    /// <see cref="OnnxImportOptions.InputShapes"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="OnnxException">The file cannot be read, or is no model.</exception>
    public static IReadOnlyList<OnnxInput> ReadInputs(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        GraphProto graph = ModelReader.Read(path, new OnnxImportOptions()).Graph;
        return [.. OnnxInput.Declared(graph).Select(i => OnnxInput.Of(i, graph))];
    }

    /// <summary>Builds the model that a message describes.</summary>
    internal static OnnxModel Import(
        ModelProto model,
        string file,
        ExternalData? external = null,
        OnnxImportOptions? options = null
    )
    {
        try
        {
            var metadata = new Dictionary<string, string>();
            foreach (StringStringEntryProto entry in model.MetadataProps)
                metadata[entry.Key] = entry.Value;
            return new OnnxModel(new GraphImport(model, external, options ?? new OnnxImportOptions()), metadata);
        }
        catch (GraphException e)
        {
            throw new OnnxException($"{file}: {e.Message}", e);
        }
        catch (OnnxException e) when (!e.Message.StartsWith(file, StringComparison.Ordinal))
        {
            throw new OnnxException($"{file}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
