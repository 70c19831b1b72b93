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
        Description = "A model or a checkpoint, a .safetensors or .onnx file",
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

    /// <summary>Reads the model.</summary>
    /// <exception cref="UsageException">The file does not exist, or there is no such network.</exception>
    public LoadedModel Load(ParseResult parse) =>
        Network(parse) is { } network
            ? LoadedModel.OfTensors(parse.GetValue(_model)!, network.Graph, network.Data, ModelFile.Load)
            : LoadedModel.Load(parse.GetValue(_model)!);

    /// <summary>The same for a model whose values may be damaged: to look at and to repair.</summary>
    public LoadedModel LoadDamaged(ParseResult parse) =>
        Network(parse) is { } network
            ? LoadedModel.OfTensors(parse.GetValue(_model)!, network.Graph, network.Data, ModelFile.LoadDamaged)
            : LoadedModel.LoadDamaged(parse.GetValue(_model)!);

    private (Graph Graph, DataConfig? Data)? Network(ParseResult parse)
    {
        if (parse.GetValue(_network) is not { } name)
            return null;
        string path = parse.GetValue(_model)!;
        if (!File.Exists(path))
            throw new UsageException($"{path}: the model file does not exist.");
        if (LoadedModel.IsOnnx(path))
            throw new UsageException("--network: an ONNX file holds its network; leave the option out.");
        if (File.Exists(name))
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
