using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data.Formats;
using Evenkeel.Inference;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel run</c>: a model's output for arrays in files.</summary>
internal static class RunCommand
{
    private static readonly Argument<string> ModelPath = new("model")
    {
        Description = "A model, a .safetensors or .onnx file",
    };

    private static readonly Option<string> Input = new("--input")
    {
        Description = "The batch: FILE or NAME=FILE, a .npy or .npz file",
        HelpName = "name=file",
        Required = true,
    };

    private static readonly Option<string> OutputFolder = new("--output-dir")
    {
        Description = "Receives one .npy file named after the output",
        HelpName = "folder",
        Required = true,
    };

    private static readonly Option<int> MaxBatch = new("--max-batch")
    {
        Description = "Examples computed at a time",
        DefaultValueFactory = _ => 64,
    };

    private static readonly Option<int> Threads = new("--threads")
    {
        Description = "Threads that compute; results do not depend on it",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    public static Command Create() =>
        new Command("run", "Run a model on arrays") { ModelPath, Input, OutputFolder, MaxBatch, Threads }.WithBody(Run);

    private static int Run(ParseResult parse, CommandContext context)
    {
        if (parse.GetValue(MaxBatch) is < 1 or > 65_536)
            throw new UsageException("--max-batch: it must be 1 to 65536.");
        if (parse.GetValue(Threads) is < 1 or > 1024)
            throw new UsageException("--threads: it must be 1 to 1024.");
        using LoadedModel loaded = LoadedModel.Load(parse.GetValue(ModelPath)!);
        Graphs.Graph graph = loaded.Model.Graph;
        float[] inputs = NamedInput.Read(parse.GetValue(Input)!, loaded.InputName, graph.Input.Shape, loaded.Layout);
        int batch = inputs.Length / graph.Input.Shape.Count;
        using var predictor = new Predictor(
            loaded.Model,
            Math.Clamp(batch, 1, parse.GetValue(MaxBatch)),
            parse.GetValue(Threads)
        );
        long begin = Stopwatch.GetTimestamp();
        float[] outputs = predictor.Predict(inputs);
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        int[] dimensions = [batch, .. loaded.Layout.Dimensions(graph.Output.Shape)];
        string file = Path.Combine(parse.GetValue(OutputFolder)!, $"{FileName(loaded.OutputName)}.npy");
        Directory.CreateDirectory(parse.GetValue(OutputFolder)!);
        float[] written = loaded.Layout.ToFile(outputs, graph.Output.Shape);
        AtomicFile.Write(file, stream => NpyFile.Write(stream, dimensions, written));
        context.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{loaded.OutputName}: [{string.Join(", ", dimensions)}] in {1e3 * seconds:F1} ms, written to {file}"
            )
        );
        context.WriteJson(writer => WriteJson(writer, loaded, batch, dimensions, file, seconds));
        return ExitCode.Done;
    }

    private static void WriteJson(
        Utf8JsonWriter writer,
        LoadedModel loaded,
        int batch,
        int[] dimensions,
        string file,
        double seconds
    )
    {
        writer.WriteString("model", loaded.Path);
        WriteTensor(
            writer,
            "inputs",
            loaded.InputName,
            [batch, .. loaded.Layout.Dimensions(loaded.Model.Graph.Input.Shape)],
            null
        );
        WriteTensor(writer, "outputs", loaded.OutputName, dimensions, file);
        writer.WriteNumber("seconds", seconds);
    }

    private static void WriteTensor(Utf8JsonWriter writer, string list, string name, int[] dimensions, string? file)
    {
        writer.WriteStartArray(list);
        writer.WriteStartObject();
        writer.WriteString("name", name);
        writer.WriteStartArray("shape");
        foreach (int dimension in dimensions)
            writer.WriteNumberValue(dimension);
        writer.WriteEndArray();
        if (file is not null)
            writer.WriteString("file", file);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    // Names of values in models of other systems hold slashes and colons.
    private static string FileName(string name) =>
        string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
}
