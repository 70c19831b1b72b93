using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Evenkeel.Cli.Experiments;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Diagnostics;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Runs.Configuration;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel bench</c>: what a training step of a named network, or the inference of a model, costs on this machine.</summary>
internal static class BenchCommand
{
    private static readonly Option<string> Network = new("--network")
    {
        Description = "mnist (section 4.1), bn-inception (figure 5) or resnet20",
        DefaultValueFactory = _ => "mnist",
    };

    private static readonly Option<string?> ModelFile = new("--model")
    {
        Description = "Time the inference of this model, a .safetensors or .onnx file, instead of a training step",
        HelpName = "file",
    };

    private static readonly InputShapeOption InputShapes = new();

    private static readonly MemoryOption Memory = new("a smaller --batch or --size");

    private static readonly Option<int> Batch = new Option<int>("--batch")
    {
        Description = "Examples per step or run",
        DefaultValueFactory = _ => 60,
    }.Within(1, NumberRange.MaxBatch);

    private static readonly Option<int> Threads = NumberRange.Threads();

    private static readonly Option<int> Callers = new Option<int>("--callers")
    {
        Description = "With --model: number of concurrent callers, each with its own threads",
        DefaultValueFactory = _ => 1,
    }.Within(1, 1024);

    private static readonly Option<bool> NoBatchNorm = new("--no-bn")
    {
        Description = "The network without batch normalisation, with biases",
    };

    private static readonly Option<long?> Steps = new Option<long?>("--steps")
    {
        Description =
            "Steps to time (default: 4000 for mnist, 10 for images), or runs of --model (default: three seconds of them)",
    }.Within(1, NumberRange.MaxSteps);

    private static readonly Option<int?> Size = new Option<int?>("--size")
    {
        Description = "Height and width of the images (default: 224 for bn-inception, 32 for resnet20)",
    }.Within(32, 1024);

    private static readonly Option<string> Optimizer = new("--optimizer")
    {
        Description = "sgd, momentum, nesterov, adagrad or adam",
        DefaultValueFactory = _ => "momentum",
    };

    private static readonly Option<string?> Storage = StorageOption.Create();

    private static readonly Option<double?> Recompute = RecomputeOption.Create();

    private static readonly Option<bool> Profile = new("--profile")
    {
        Description = "Show the time of each kernel of a step or run",
    };

    public static Command Create()
    {
        Command command = new(
            "bench",
            "Time a training step of a named network, or a model's inference, on this machine"
        )
        {
            Network,
            ModelFile,
            Batch,
            Threads,
            Callers,
            NoBatchNorm,
            Steps,
            Size,
            Optimizer,
            Storage,
            Recompute,
            Profile,
        };
        InputShapes.AddTo(command);
        Memory.AddTo(command);
        return command.WithBody(Run);
    }

    private static int Run(ParseResult parse, CommandContext context)
    {
        string network = parse.GetValue(Network)!;
        int batch = parse.GetValue(Batch);
        int threads = parse.GetValue(Threads);
        if (parse.GetValue(ModelFile) is { } path)
        {
            ModelReading reading = ModelReading.ToRepair with { InputShapes = InputShapes.Read(parse) };
            using LoadedModel loaded = LoadedModel.Open(ModelPath.Resolve(path), reading, context);
            int callers = parse.GetValue(Profile) ? 1 : parse.GetValue(Callers);
            Memory.Require(parse, context, MemoryNeed.OfInference(loaded.Model.Graph, batch, callers));
            return parse.GetValue(Profile)
                ? BenchModel.RunProfile(context, loaded, batch, threads)
                : BenchModel.Run(context, loaded, path, batch, threads, callers, parse.GetValue(Steps));
        }

        bool batchNorm = !parse.GetValue(NoBatchNorm);
        Graph graph = BenchNetworks.Create(network, parse.GetValue(Size), batchNorm);
        long steps = parse.GetValue(Steps) ?? BenchNetworks.UsualSteps(network);
        var options = new TrainingOptions
        {
            BatchSize = batch,
            Optimizer = Named(parse.GetValue(Optimizer)!),
            LearningRate = new ConstantRate(0.01),
            Threads = threads,
            KeepActivations = StorageOption.Read(parse, Storage) ?? default,
            Recompute = parse.GetValue(Recompute) ?? 0,
        };
        Memory.Require(parse, context, MemoryNeed.OfTraining(graph, options));
        if (parse.GetValue(Profile))
        {
            BenchProfile.Show(context, ProfileRow.Measure(graph, batch, (int)Math.Min(steps, 1_000_000), options));
            return ExitCode.Done;
        }

        StepTiming timing = StepTiming.Measure(graph, batch, steps, options, context.Cancellation);
        Report(context, timing, network, batchNorm, batch, options);
        return ExitCode.Done;
    }

    private static void Report(
        CommandContext context,
        StepTiming timing,
        string network,
        bool batchNorm,
        int batch,
        TrainingOptions options
    )
    {
        double peak = PeakMegabytes();
        context.WriteTable(
            new TextTable("figure", "value")
                .Row(
                    "network",
                    $"{network}, {(batchNorm ? "with" : "without")} batch normalisation, {options.Optimizer.Kind}"
                )
                .Row("activations kept as", RunConfigWriter.Word(options.KeepActivations))
                .Row(
                    "convolutions computed again, at most",
                    options.Recompute.ToString("P0", CultureInfo.InvariantCulture)
                )
                .Row("batch, threads, vectors", $"{batch}, {options.Threads}, {VectorWidth.Words}")
                .Row("step, median", Milliseconds(timing.MedianSeconds))
                .Row("step, least", Milliseconds(timing.MinSeconds))
                .Row("samples per second", (batch / timing.MedianSeconds).ToString("N0", CultureInfo.InvariantCulture))
                .Row("peak resident memory", string.Create(CultureInfo.InvariantCulture, $"{peak:F1} MB"))
                .Row(
                    "managed bytes allocated per step",
                    timing.AllocatedBytesPerStep.ToString("G3", CultureInfo.InvariantCulture)
                )
        );
        context.WriteJson(writer =>
        {
            writer.WriteString("network", network);
            writer.WriteBoolean("bn", batchNorm);
            writer.WriteString("optimizer", options.Optimizer.Kind);
            writer.WriteString("keep_activations", RunConfigWriter.Word(options.KeepActivations));
            writer.WriteNumber("recompute", options.Recompute);
            writer.WriteNumber("batch", batch);
            writer.WriteNumber("threads", options.Threads);
            writer.WriteString("vectors", VectorWidth.Words);
            writer.WriteNumber("steps", timing.Steps);
            writer.WriteNumber("step_s_median", timing.MedianSeconds);
            writer.WriteNumber("step_s_min", timing.MinSeconds);
            writer.WriteNumber("samples_per_s", batch / timing.MedianSeconds);
            writer.WriteNumber("peak_rss_mb", peak);
            writer.WriteNumber("allocated_bytes_per_step", timing.AllocatedBytesPerStep);
            writer.WriteString("version", Provenance.Version);
        });
    }

    private static double PeakMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / (1024.0 * 1024.0);
    }

    private static OptimizerConfig Named(string name) =>
        name switch
        {
            "sgd" => new Sgd(),
            "momentum" => new SgdMomentum(),
            "nesterov" => new SgdNesterov(),
            "adagrad" => new Adagrad(),
            "adam" => new Adam(),
            _ => throw new UsageException(
                $"--optimizer: '{name}' is not one of sgd, momentum, nesterov, adagrad, adam"
            ),
        };

    private static string Milliseconds(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:F4} ms");
}
