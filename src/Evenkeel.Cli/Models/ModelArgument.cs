using System.CommandLine;
using System.Text.Json.Nodes;
using Evenkeel.Cli.Terminal;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Models;

/// <summary>The model that a verb is about, and the network of files that hold tensors alone.</summary>
internal sealed class ModelArgument
{
    private const int UsualSize = 224;

    private readonly Argument<string> _model = new("model")
    {
        Description =
            "A model or checkpoint: a .safetensors or .onnx file, or the folder of a run (its best checkpoint)",
    };

    private readonly Option<string?> _network = new("--network")
    {
        Description =
            "The network of a .safetensors file with tensors only, such as a PyTorch state file: resnet18, resnet34, resnet50, resnet101, "
            + "resnet152 or bn-inception, or a training configuration with the network",
        HelpName = "name",
    };

    private readonly InputShapeOption _shapes = new();

    private readonly StatisticsOption _statistics = new();

    public void AddTo(Command command)
    {
        command.Arguments.Add(_model);
        command.Options.Add(_network);
        _shapes.AddTo(command);
        _statistics.AddTo(command);
    }

    /// <summary>The model's file; of a run's folder, its checkpoint.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public string File(ParseResult parse) => ModelPath.Resolve(parse.GetValue(_model)!);

    /// <summary>Reads the model and tells what that assumed.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="reading">How the file is read, as far as the command line does not say it.</param>
    /// <param name="context">Where notes are told.</param>
    /// <exception cref="UsageException">The file does not exist, or there is no such network.</exception>
    public LoadedModel Load(ParseResult parse, ModelReading reading, CommandContext context)
    {
        string path = File(parse);
        if (path != parse.GetValue(_model))
            context.Note($"Using {Path.GetFileName(path)} of the run {parse.GetValue(_model)}.");
        reading = _statistics.Read(parse, reading) with { InputShapes = _shapes.Read(parse) };
        bool onnx = ModelFormats.Of(path) == ModelFormat.Onnx;
        if (!onnx && reading.InputShapes.Count > 0)
            throw new UsageException(
                "--input-shape: only ONNX files can have inputs of open size; leave the option out."
            );
        if (parse.GetValue(_network) is not { } name)
            return LoadedModel.Open(path, reading, context);
        if (onnx)
            throw new UsageException("--network: an ONNX file contains its network; leave the option out.");
        (Graph graph, Dictionary<string, string> notes) = Network(name, path);
        return LoadedModel.Open(path, graph, notes, reading, context);
    }

    private static (Graph Graph, Dictionary<string, string> Notes) Network(string name, string path)
    {
        if (Path.Exists(name))
        {
            RunConfig config = RunConfigReader.Read(ConfigText.Load(name));
            return (config.Network, TrainingNotes.Of(config.Data, [], config.Training.Loss));
        }

        var data = new NetworkData(() => new Shape(UsualSize, UsualSize, 3), () => ClassesIn(path));
        string json = new JsonObject { ["name"] = name }.ToJsonString();
        return (ConfigText.Parse(json, "--network", "").Read(f => NetworkConfig.Read(f, data)), []);
    }

    // The last matrix of a classifier has a row for each class.
    private static int? ClassesIn(string path)
    {
        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        return (int?)reader.Tensors.LastOrDefault(t => t.Shape.Count == 2)?.Shape[0];
    }
}
