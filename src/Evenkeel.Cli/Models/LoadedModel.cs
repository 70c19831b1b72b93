using Evenkeel.Cli.Terminal;
using Evenkeel.Onnx;
using Evenkeel.Runs.Configuration;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Models;

/// <summary>A model from a file, Evenkeel's own or ONNX, with what stands beside it.</summary>
internal sealed class LoadedModel : IDisposable
{
    // How an ONNX file is imported; null for Evenkeel's own.
    private readonly ModelReading? _import;

    private LoadedModel(string path, Model model, IReadOnlyDictionary<string, string> notes) =>
        (Path, Model, Notes) = (path, model, notes);

    private LoadedModel(string path, OnnxModel imported, ModelReading reading)
        : this(path, imported.Model, imported.Metadata) => _import = reading;

    public string Path { get; }

    public Model Model { get; }

    /// <summary>Name of the input, as the file has it.</summary>
    public string InputName => Model.Graph.Input.Name;

    /// <summary>Names of all outputs, the primary one first, as the file has them.</summary>
    public IReadOnlyList<string> OutputNames => [.. Model.Graph.Results.Select(o => o.Name)];

    /// <summary>Order of dimensions in files that go in and out.</summary>
    public FileLayout Layout => new(IsOnnx);

    /// <summary>The file's metadata, such as the data of the training.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; }

    /// <summary>The loss of float targets that it was trained by; null if the file does not say one.</summary>
    public Loss? Loss => TrainingNotes.LossIn(Notes, Path);

    /// <summary>Whether its file is an ONNX file.</summary>
    public bool IsOnnx => _import is not null;

    /// <summary>Reads a model or a checkpoint and tells what that assumed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">How much it may lack.</param>
    /// <param name="context">Where notes are told.</param>
    /// <exception cref="UsageException">The file does not exist.</exception>
    /// <exception cref="InvalidDataException">It is not a model, or damaged.</exception>
    /// <exception cref="OnnxException">It is damaged, or has operators that are not known.</exception>
    public static LoadedModel Open(string path, ModelReading reading, CommandContext context)
    {
        ModelFormat format = ModelFormats.Of(path);
        if (format == ModelFormat.Onnx)
            return new LoadedModel(
                path,
                context.Announced($"reading {path}", () => reading.Import(path)),
                reading
            ).Told(reading, context);
        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        var notes = new Dictionary<string, string>(reader.Metadata);
        Model read = context.Announced($"reading {path}", () => reading.Read(path));
        return new LoadedModel(path, read, notes).Told(reading, context);
    }

    /// <summary>Reads tensors alone for a network; otherwise as <see cref="Open(string, ModelReading, CommandContext)"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="graph">Its network.</param>
    /// <param name="notes">What is known of its training.</param>
    /// <param name="reading">How much it may lack.</param>
    /// <param name="context">Where notes are told.</param>
    public static LoadedModel Open(
        string path,
        Graph graph,
        IReadOnlyDictionary<string, string> notes,
        ModelReading reading,
        CommandContext context
    ) => new LoadedModel(path, reading.Read(path, graph), notes).Told(reading, context);

    /// <summary>The same model up to a value between.</summary>
    public LoadedModel WithOutput(string output) =>
        _import is { } reading
            ? new LoadedModel(Path, reading.Import(Path, output), reading)
            : throw new UsageException(
                $"--output: '{Path}' has no output '{output}'; it has {NameList.Of(OutputNames)}."
            );

    /// <summary>Saves a changed model: as ONNX if the path ends so, else with the same notes.</summary>
    public void SaveChanged(Model changed, string path)
    {
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        if (ModelFormats.Named(path) == ModelFormat.Onnx)
            OnnxExport.Save(changed, path, ExportOptions());
        else
            ModelFile.Save(changed, path, Notes);
    }

    /// <summary>Options for an ONNX file with this model's names and notes.</summary>
    public OnnxExportOptions ExportOptions() => new() { Metadata = IsOnnx ? Notes : TrainingNotes.In(Notes) };

    public void Dispose() => Model.Dispose();

    private LoadedModel Told(ModelReading reading, CommandContext context)
    {
        if (ModelFormats.Misnamed(Path, IsOnnx ? ModelFormat.Onnx : ModelFormat.SafeTensors) is { } misnamed)
            context.Note(misnamed);
        foreach (string note in Model.Notes)
            context.Note(FieldOptions.Told(note, context.Command));
        if (StatisticsOption.Refusal(Model, Path, reading) is not { } refusal)
            return this;
        Dispose();
        throw refusal;
    }
}
