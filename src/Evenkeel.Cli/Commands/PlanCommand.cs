using System.Collections.Immutable;
using System.CommandLine;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evenkeel.Cli.Experiments;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Rewrites;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel plan</c>: what a network is lowered to, and why.</summary>
internal static class PlanCommand
{
    private const int DefaultBatch = 60;

    private static readonly Dictionary<string, PlanMode> Modes = new()
    {
        ["training"] = PlanMode.Training,
        ["inference"] = PlanMode.Inference,
        ["statistics"] = PlanMode.BatchStatistics,
    };

    private static readonly Option<int> Ranks = new Option<int>("--ranks")
    {
        Description =
            "Plan for this number of ranks, and print what each sends in a step; a power of two that divides the configuration's slices",
        DefaultValueFactory = _ => 1,
    }.Within(1, 1 << 16);

    private static readonly Option<int?> Batch = new Option<int?>("--batch")
    {
        Description = "Largest batch; default: that of the configuration, or 60",
    }.Within(1, NumberRange.MaxBatch);

    private static readonly Option<bool> Explain = new Option<bool>("--explain")
    {
        Description = "Also print what each rewrite rule did, or why it did not apply",
    };

    private static readonly Argument<string> Named = new("network")
    {
        Description = $"A configuration file, or one of {string.Join(", ", BenchNetworks.Names)}",
    };

    private static readonly Option<string> Mode = CreateMode();

    private static readonly Option<bool> Plain = new("--no-bn") { Description = "Do not insert batch normalisation" };

    private static readonly Option<string?> Storage = StorageOption.Create();

    private static readonly Option<double?> Recompute = RecomputeOption.Create();

    private static readonly Option<string[]> Disable = new("--disable")
    {
        Description = $"Turn off a rewrite rule: {string.Join(", ", Rules)}",
        HelpName = "rule",
    };

    public static Command Create()
    {
        var command = new Command("plan", "Print the execution plan of a network")
        {
            Named,
            Batch,
            Mode,
            Ranks,
            Explain,
            Plain,
            Storage,
            Recompute,
            Disable,
        };
        return command.WithBody(Run);
    }

    private static Option<string> CreateMode()
    {
        var mode = new Option<string>("--mode")
        {
            Description = "Mode of the plan: training, inference or statistics",
            DefaultValueFactory = _ => "training",
        };
        mode.AcceptOnlyFromAmong([.. Modes.Keys]);
        return mode;
    }

    private static int Run(ParseResult parse, CommandContext context)
    {
        string named = parse.GetValue(Named)!;
        int ranks = PowerOfTwo(parse.GetValue(Ranks));
        (Graph graph, TrainingOptions training) = context.Announced(
            $"reading {named}",
            () => Load(named, ranks, withoutNorm: parse.GetValue(Plain))
        );
        if (training.Slices % ranks > 0)
            throw new UsageException(
                $"--ranks: {training.Slices} slices are not a multiple of {ranks} ranks; change 'slices' or --ranks."
            );
        int batch = parse.GetValue(Batch) ?? training.BatchSize;
        PlanMode purpose = Modes[parse.GetValue(Mode)!];
        PlanOptions options = purpose == PlanMode.Training ? training.PlanOf(batch) : new(purpose, batch);
        options = options with
        {
            DisabledRules = Known(parse.GetValue(Disable) ?? []),
            KeepActivations = StorageOption.Read(parse, Storage) ?? options.KeepActivations,
            Recompute = parse.GetValue(Recompute) ?? options.Recompute,
        };
        Print(graph, options, ranks, parse.GetValue(Explain), context);
        return ExitCode.Done;
    }

    private static IEnumerable<string> Rules =>
        RuleSet.Lowering.Select(rule => rule.Name).Concat([InPlaceConcatenation.Rule, .. RuleSet.OfSteps]);

    private static (Graph Graph, TrainingOptions Training) Load(string network, int ranks, bool withoutNorm)
    {
        if (BenchNetworks.Names.Contains(network))
            return (
                BenchNetworks.Create(network, null, !withoutNorm),
                new TrainingOptions { BatchSize = DefaultBatch, Slices = ranks }
            );
        ConfigText text = ConfigText.Load(network);
        // As ranks do that train it.
        if (!text.Has("slices"))
            text.Set("slices", JsonValue.Create(ranks));
        if (withoutNorm)
            text.Set("network.batchNorm", JsonValue.Create(false));
        RunConfig config = RunConfigReader.Read(text);
        Node? norm = config.Network.Nodes.FirstOrDefault(node => withoutNorm && node.Layer is BatchNorm);
        return norm is null
            ? (config.Network, config.Training)
            : throw new UsageException($"--no-bn: {network} contains the layer '{norm.Name}'; remove it there.");
    }

    private static ImmutableArray<string> Known(string[] rules)
    {
        string? unknown = rules.FirstOrDefault(rule => !Rules.Contains(rule));
        return unknown is null
            ? [.. rules]
            : throw new UsageException($"--disable: '{unknown}' is not a rule; known: {string.Join(", ", Rules)}.");
    }

    private static int PowerOfTwo(int ranks) =>
        BitOperations.IsPow2(ranks)
            ? ranks
            : throw new UsageException($"--ranks: {ranks} is not a power of two; give 1, 2, 4, 8, ...");

    private static void Print(Graph graph, PlanOptions options, int ranks, bool explain, CommandContext context)
    {
        ExecutionPlan plan = context.Announced("planning", () => ExecutionPlan.Build(graph, options));
        context.WriteJson(writer => WriteJson(writer, plan, ranks));
        if (context.Json)
            return;
        PlanDump.Write(plan, context.Out);
        if (ranks > 1 && plan.Options.Exchanges)
            PrintTraffic(plan, ranks, context);
        if (!explain)
            return;
        context.WriteLine("rewrites");
        PlanDump.WriteRewrites(plan, context.Out);
        if (plan.Rewrites.IsEmpty)
            context.WriteLine("  no rule matches this network");
    }

    private static void PrintTraffic(ExecutionPlan plan, int ranks, CommandContext context)
    {
        context.WriteLine($"sent by each of {ranks:N0} ranks in a step");
        foreach (ExchangeTraffic kind in ExchangeTraffic.Of(plan, ranks))
        {
            context.WriteLine(
                $"  {kind.Kernel, -18} {kind.Exchanges, 5:N0} exchanges {kind.Rounds, 8:N0} rounds {kind.Bytes, 15:N0} bytes"
            );
        }
    }

    private static void WriteJson(Utf8JsonWriter writer, ExecutionPlan plan, int ranks)
    {
        writer.WriteString("mode", plan.Options.Mode.ToString());
        writer.WriteNumber("batch", plan.Options.MaxBatch);
        writer.WriteNumber("activationBytes", plan.ActivationBytes);
        foreach (Step step in writer.Objects("steps", plan.Steps))
        {
            writer.WriteString("kernel", step.Kernel);
            writer.WriteString("layer", step.Layer);
            writer.WriteStrings("reads", step.Reads.Select(buffer => plan[buffer].Name));
            writer.WriteStrings("writes", step.Writes.Select(buffer => plan[buffer].Name));
        }

        foreach (ExchangeTraffic kind in writer.Objects("traffic", ExchangeTraffic.Of(plan, ranks)))
        {
            writer.WriteString("kernel", kind.Kernel);
            writer.WriteNumber("exchanges", kind.Exchanges);
            writer.WriteNumber("rounds", kind.Rounds);
            writer.WriteNumber("bytes", kind.Bytes);
        }

        foreach (RewriteLogEntry entry in writer.Objects("rewrites", plan.Rewrites))
        {
            writer.WriteString("rule", entry.Rule);
            writer.WriteString("layer", entry.Node);
            writer.WriteBoolean("applied", entry.Applied);
            writer.WriteString("reason", entry.Reason);
        }
    }
}
