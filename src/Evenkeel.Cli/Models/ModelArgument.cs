using System.CommandLine;
using System.Text.Json.Nodes;
using Evenkeel.Cli.Configuration;
using Evenkeel.Cli.Terminal;
using Evenkeel.Graphs;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Models;

/// <summary>The model that a verb is about, and the network of files that hold tensors alone.</summary>
internal sealed class ModelArgument
{
    private const int UsualSize = 224;

    private readonly Argument<string> _model = new("model")
    {
        Description = "A model or a checkpoint, a .safetensors or .onnx file, or the folder of a run",
    };

    private readonly Option<string?> _network = new("--network")
    {
        Description =
            "For a .safetensors file of tensors alone, as PyTorch saves: the network, resnet18, resnet34, resnet50, resnet101, "
            + "resnet152 or bn-inception, or a training configuration that holds it",
        HelpName = "name",
    };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_model);
        command.Options.Add(_network);
    }

    /// <summary>The model's file; of a run's folder, its checkpoint.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public string File(ParseResult parse) => ModelPath.Resolve(parse.GetValue(_model)!);

    /// <summary>Reads the model to compute with it, and tells what that assumed.</summary>
    /// <exception cref="UsageException">The file does not exist, or there is no such network.</exception>
    public LoadedModel Load(ParseResult parse, CommandContext context) => Open(parse, ModelReading.ToUse, context);

    /// <summary>The same for a model whose values may be damaged: to look at and to repair.</summary>
    public LoadedModel LoadDamaged(ParseResult parse, CommandContext context) =>
        Open(parse, ModelReading.ToRepair, context);

    private LoadedModel Open(ParseResult parse, ModelReading reading, CommandContext context)
    {
        string path = File(parse);
        if (path != parse.GetValue(_model))
            context.Note($"Of the run {parse.GetValue(_model)}, {Path.GetFileName(path)} was taken.");
        if (parse.GetValue(_network) is not { } name)
            return LoadedModel.Open(path, reading, context);
        if (ModelFormats.Of(path) == ModelFormat.Onnx)
            throw new UsageException("--network: an ONNX file holds its network; leave the option out.");
        (Graph graph, DataConfig? data) = Network(name, path);
        return LoadedModel.Open(path, graph, data, reading, context);
    }

    private static (Graph Graph, DataConfig? Data) Network(string name, string path)
    {
        if (System.IO.File.Exists(name))
        {
            RunConfig config = RunConfigReader.Read(ConfigText.Load(name));
            return (config.Network, config.Data);
        }

        var data = new NetworkData(new Shape(UsualSize, UsualSize, 3), ClassesIn(path));
        string json = new JsonObject { ["name"] = name }.ToJsonString();
        return (ConfigText.Parse(json, "--network", "").Read(f => NetworkConfig.Read(f, data)), null);
    }

    // The last matrix of a classifier has a row for each class.
    private static int? ClassesIn(string path)
    {
        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        return (int?)reader.Tensors.LastOrDefault(t => t.Shape.Count == 2)?.Shape[0];
    }
}
