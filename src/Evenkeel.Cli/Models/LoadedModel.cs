using Evenkeel.Cli.Terminal;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Models;

/// <summary>A model from a file with the notes that stand beside it.</summary>
internal sealed class LoadedModel : IDisposable
{
    private LoadedModel(string path, Model model, IReadOnlyDictionary<string, string> notes) =>
        (Path, Model, Notes) = (path, model, notes);

    public string Path { get; }

    public Model Model { get; }

    /// <summary>Name of the input, as the file has it.</summary>
    public string InputName => Model.Graph.Input.Name;

    /// <summary>Name of the output, as the file has it.</summary>
    public string OutputName => Model.Graph.OutputName;

    /// <summary>Order of dimensions in files that go in and out.</summary>
    public BorderLayout Layout { get; } = new(ChannelsFirst: false);

    /// <summary>The file's metadata, such as the data of the training.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; }

    /// <summary>Reads a model or a checkpoint.</summary>
    /// <exception cref="UsageException">The file does not exist.</exception>
    /// <exception cref="InvalidDataException">It is not a model, or damaged.</exception>
    public static LoadedModel Load(string path) => Load(path, ModelFile.Load);

    /// <summary>The same for a model whose values may be damaged: to look at and to repair.</summary>
    public static LoadedModel LoadDamaged(string path) => Load(path, ModelFile.LoadDamaged);

    private static LoadedModel Load(string path, Func<string, Model> read)
    {
        if (!File.Exists(path))
            throw new UsageException($"{path}: the model file does not exist.");
        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        return new LoadedModel(path, read(path), new Dictionary<string, string>(reader.Metadata));
    }

    /// <summary>Saves a changed model with the same notes.</summary>
    public void SaveChanged(Model changed, string path)
    {
        if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        ModelFile.Save(changed, path, Notes);
    }

    public void Dispose() => Model.Dispose();
}
