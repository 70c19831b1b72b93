using Evenkeel.Cli.Configuration;
using Evenkeel.Cli.Terminal;
using Evenkeel.Graphs;
using Evenkeel.Onnx;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Models;

/// <summary>A model from a file, Evenkeel's own or ONNX, with what stands beside it.</summary>
internal sealed class LoadedModel : IDisposable
{
    private const string OnnxExtension = ".onnx";

    private LoadedModel(string path, Model model, IReadOnlyDictionary<string, string> notes)
    {
        (Path, Model, Notes) = (path, model, notes);
        (InputName, OutputName, Layout) = (model.Graph.Input.Name, model.Graph.OutputName, new BorderLayout(false));
        OutputNames = [OutputName];
    }

    private LoadedModel(string path, OnnxModel imported)
    {
        (Path, Model, Notes) = (path, imported.Model, imported.Metadata);
        (InputName, OutputName, Layout) = (imported.InputName, imported.OutputName, new BorderLayout(true));
        OutputNames = imported.OutputNames;
    }

    public string Path { get; }

    public Model Model { get; }

    /// <summary>Name of the input, as the file has it.</summary>
    public string InputName { get; }

    /// <summary>Name of the output, as the file has it.</summary>
    public string OutputName { get; }

    /// <summary>Names of all outputs that the file has.</summary>
    public IReadOnlyList<string> OutputNames { get; }

    /// <summary>Order of dimensions in files that go in and out.</summary>
    public BorderLayout Layout { get; }

    /// <summary>The file's metadata, such as the data of the training.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; }

    /// <summary>Reads a model or a checkpoint.</summary>
    /// <exception cref="UsageException">The file does not exist.</exception>
    /// <exception cref="InvalidDataException">It is not a model, or damaged.</exception>
    /// <exception cref="OnnxException">It is damaged, or has operators that are not known.</exception>
    public static LoadedModel Load(string path) => Load(path, ModelFile.Load, new OnnxImportOptions());

    /// <summary>Reads tensors alone for a network.</summary>
    /// <param name="path">The file.</param>
    /// <param name="graph">Its network.</param>
    /// <param name="data">What the network is for, if known.</param>
    /// <param name="read">How the file is read.</param>
    public static LoadedModel OfTensors(string path, Graph graph, DataConfig? data, Func<string, Graph, Model> read)
    {
        var notes = new Dictionary<string, string>();
        if (data is not null)
            notes[DataConfig.Note] = data.ToText();
        return new LoadedModel(path, read(path, graph), notes);
    }

    /// <summary>The same model up to another of its outputs.</summary>
    public LoadedModel WithOutput(string output) =>
        IsOnnx(Path)
            ? Load(Path, ModelFile.Load, new OnnxImportOptions { Output = output })
            : throw new UsageException($"--output: '{Path}' has one output, '{OutputName}'.");

    /// <summary>The same for a model whose values may be damaged: to look at and to repair.</summary>
    public static LoadedModel LoadDamaged(string path) =>
        Load(path, ModelFile.LoadDamaged, new OnnxImportOptions { AllowDamagedStatistics = true });

    /// <summary>Whether a path is that of an ONNX file.</summary>
    public static bool IsOnnx(string path) => path.EndsWith(OnnxExtension, StringComparison.OrdinalIgnoreCase);

    /// <summary>Saves a changed model: as ONNX if the path ends so, else with the same notes.</summary>
    public void SaveChanged(Model changed, string path)
    {
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        if (IsOnnx(path))
            OnnxExport.Save(changed, path, ExportOptions());
        else
            ModelFile.Save(changed, path, Notes);
    }

    /// <summary>Options for an ONNX file with this model's names and notes.</summary>
    public OnnxExportOptions ExportOptions() =>
        IsOnnx(Path)
            ? new OnnxExportOptions
            {
                InputName = InputName,
                OutputName = OutputName,
                Metadata = Notes,
            }
            : new OnnxExportOptions { Metadata = Notes.Where(n => n.Key == DataConfig.Note).ToDictionary() };

    public void Dispose() => Model.Dispose();

    private static LoadedModel Load(string path, Func<string, Model> read, OnnxImportOptions options)
    {
        if (!File.Exists(path))
            throw new UsageException($"{path}: the model file does not exist.");
        if (IsOnnx(path))
            return new LoadedModel(path, OnnxModel.Load(path, options));
        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        return new LoadedModel(path, read(path), new Dictionary<string, string>(reader.Metadata));
    }
}
