using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Evenkeel.Cli.Files;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Data.Formats;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel run</c>: a model's outputs for arrays or images in files.</summary>
internal static class RunCommand
{
    private static readonly ModelArgument Model = new();

    private static readonly RunInput Input = new();

    private static readonly MemoryOption Memory = new("a smaller --max-batch or smaller inputs");

    private static readonly Option<string?> OutputFolder = new("--output-dir")
    {
        Description =
            "Folder for the outputs: one .npy file each, with the output's name; may be left out where classes are all that is wanted",
        HelpName = "folder",
    };

    private static readonly Option<string[]> Outputs = new("--output")
    {
        Description = "Outputs, or values of inner layers, to compute; default: all outputs",
        HelpName = "name",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> MaxBatch = new Option<int>("--max-batch")
    {
        Description = "Examples computed at a time",
        DefaultValueFactory = _ => 64,
    }.Within(1, 65_536);

    private static readonly Option<int> Threads = NumberRange.Threads();

    public static Command Create()
    {
        Command command = new("run", "Run a model on arrays or images") { OutputFolder, Outputs, MaxBatch, Threads };
        Model.AddTo(command);
        Input.AddTo(command);
        Memory.AddTo(command);
        return command.WithBody(Run);
    }

    private static int Run(ParseResult parse, CommandContext context)
    {
        if (parse.GetValue(OutputFolder) is { } folder)
            OutputPlace.RequireFolder("--output-dir", folder);
        using LoadedModel loaded = Model.Load(parse, Input.ForModel(parse, context), context);
        RunBatch batch = Input.Read(parse, loaded, context);
        float[] inputs = batch.Values;
        IReadOnlyList<string> names = parse.GetValue(Outputs) is { Length: > 0 } wanted ? wanted : loaded.OutputNames;
        if (names.Select(name => FileOf(name, parse) ?? name).Distinct().Count() < names.Count)
            throw new UsageException(
                "--output: two of the names would be written to the same file; ask for one at a time."
            );
        Memory.Require(parse, context, MemoryNeed.OfInference(loaded.Model.Graph, BatchOf(loaded, inputs, parse)));
        // All outputs are computed before the first is written.
        RunOutput[] own = names.Any(loaded.OutputNames.Contains) ? Compute(loaded, inputs, parse) : [];
        RunOutput[] outputs =
        [
            .. names.Select(name => Array.Find(own, o => o.Name == name) ?? Between(loaded, name, inputs, parse)),
        ];
        NoteOthers(loaded, inputs, outputs, context);
        var predictions = Predictions.Of(outputs[0], loaded, batch.Names);
        if (parse.GetValue(OutputFolder) is { } place)
            Write(outputs, place, context);
        else if (predictions is null)
            throw new UsageException(
                $"--output-dir: name a folder for '{outputs[0].Name}'; its values are not those of classes, which could be shown here."
            );
        predictions?.Show(context);
        context.WriteJson(writer =>
        {
            writer.WriteString("model", loaded.Path);
            RunOutput.WriteJson(writer, loaded, inputs.Length, outputs);
            predictions?.WriteJson(writer);
        });
        return ExitCode.Done;
    }

    // Examples that depend on each other are computed together.
    private static int BatchOf(LoadedModel model, float[] inputs, ParseResult parse)
    {
        Graph graph = model.Model.Graph;
        int examples = Math.Max(1, inputs.Length / graph.Input.Shape.Count);
        return graph.Nodes.Any(n => n.Layer.MixesExamples) ? examples : Math.Min(examples, parse.GetValue(MaxBatch));
    }

    private static RunOutput Between(LoadedModel loaded, string name, float[] inputs, ParseResult parse)
    {
        using LoadedModel model = loaded.WithOutput(name);
        return Compute(model, inputs, parse).Single();
    }

    private static RunOutput[] Compute(LoadedModel model, float[] inputs, ParseResult parse)
    {
        int batch = inputs.Length / model.Model.Graph.Input.Shape.Count;
        using var predictor = new Predictor(model.Model, BatchOf(model, inputs, parse), parse.GetValue(Threads));
        long begin = Stopwatch.GetTimestamp();
        IReadOnlyDictionary<string, float[]> values = predictor.PredictAll(inputs);
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return [.. predictor.OutputNames.Zip(predictor.OutputShapes, Of)];

        RunOutput Of(string name, Shape shape) =>
            new(
                name,
                FileOf(name, parse),
                [batch, .. model.Layout.Dimensions(shape)],
                model.Layout.ToFile(values[name], shape),
                seconds
            );
    }

    private static void NoteOthers(LoadedModel loaded, float[] inputs, RunOutput[] outputs, CommandContext context)
    {
        Shape shape = loaded.Model.Graph.Input.Shape;
        bool clean = AreFinite(inputs);
        if (!clean)
        {
            string others = NotFinite(
                loaded.Layout.ToFile(inputs, shape),
                [inputs.Length / shape.Count, .. loaded.Layout.Dimensions(shape)]
            );
            context.Note(
                $"The input '{loaded.InputName}': {others}; outputs that depend on them are meaningless. Clean the data."
            );
        }

        string cause = clean
            ? ", although the input is finite: the input is too large for the model, or the model's weights are too large"
            : "";
        foreach (RunOutput output in outputs.Where(o => !AreFinite(o.Values)))
            context.Note($"The output '{output.Name}': {NotFinite(output.Values, output.Dimensions)}{cause}.");
    }

    private static bool AreFinite(float[] values) => !Array.Exists(values, v => !float.IsFinite(v));

    // How many values are no finite numbers, and where the first is; the dimensions are in the order of the values.
    private static string NotFinite(float[] values, int[] dimensions)
    {
        int count = values.Count(v => !float.IsFinite(v)),
            first = Array.FindIndex(values, v => !float.IsFinite(v));
        int[] place = new int[dimensions.Length];
        for (int d = place.Length - 1, rest = first; d >= 0; rest /= dimensions[d--])
            place[d] = rest % dimensions[d];
        return FormattableString.Invariant(
            $"{count:N0} of {values.Length:N0} values are NaN, infinite or beyond float32, the first ({values[first]}) at [{string.Join(", ", place)}]"
        );
    }

    private static void Write(RunOutput[] outputs, string folder, CommandContext context)
    {
        Directory.CreateDirectory(folder);
        foreach (RunOutput output in outputs)
        {
            AtomicFile.Write(output.File!, stream => NpyFile.Write(stream, output.Dimensions, output.Values));
            context.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{output.Name}: [{string.Join(", ", output.Dimensions)}] in {1e3 * output.Seconds:F1} ms, written to {output.File}"
                )
            );
        }
    }

    // Names of values in models of other systems hold slashes and colons.
    private static string? FileOf(string name, ParseResult parse)
    {
        if (parse.GetValue(OutputFolder) is not { } folder)
            return null;
        string plain = string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
        return Path.Combine(folder, $"{plain}.npy");
    }
}
