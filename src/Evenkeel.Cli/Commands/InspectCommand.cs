using System.CommandLine;
using System.Text.Json;
using Evenkeel.Cli.Files;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Diagnostics;
using Evenkeel.Reporting.Charts;
using Evenkeel.Runs.Text;
using Evenkeel.Serialization;
using static System.FormattableString;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel inspect</c>: what a model's batch normalisations and whitening layers hold, and what is wrong with them.</summary>
internal static class InspectCommand
{
    private static readonly ModelArgument Model = new();

    private static readonly Option<string?> Picture = new("--picture")
    {
        Description = "Draw scale and running variance of every layer into this .svg file",
        HelpName = "file",
    };

    public static Command Create()
    {
        Command command = new("inspect", "Show a model's batch normalisations and what is wrong with them") { Picture };
        Model.AddTo(command);
        return command.WithBody(Run);
    }

    private static int Run(ParseResult parse, CommandContext context)
    {
        if (parse.GetValue(Picture) is { } file)
            OutputPlace.RequireFile("--picture", file);
        using LoadedModel loaded = Model.Load(parse, ModelReading.ToRepair, context);
        IReadOnlyList<BatchNormHealth> layers = loaded.Model.InspectBatchNorm();
        context.WriteLine(
            Invariant(
                $"{loaded.Path}: {loaded.Model.ParameterCount:N0} parameters{Frozen(loaded.Model)}, {layers.Count(l => l.GroupSize is null)} batch normalisations{Whitening(layers)}"
            )
        );
        if (layers.Count > 0)
        {
            context.WriteTable(Table(layers));
            foreach (BatchNormHealth layer in layers)
            {
                if (layer.GroupSize is { } size)
                    context.WriteLine(
                        Invariant(
                            $"{layer.Layer}: whitens groups of {size} channels, condition of the running covariance {layer.Condition:G3}"
                        )
                    );
                foreach (BatchNormFinding finding in layer.Findings)
                    context.WriteLine($"{layer.Layer}: {finding.Text}. Remedy: {finding.Remedy}.");
            }

            context.WriteLine(
                Invariant($"{layers.Count(l => l.Findings.Count > 0)} of {layers.Count} layers have findings")
            );
        }

        if (parse.GetValue(Picture) is { } picture)
        {
            AtomicFile.WriteText(picture, SvgChart.Render(Chart(layers)));
            context.WriteLine($"picture: {Path.GetFullPath(picture)}");
        }

        context.WriteJson(writer => WriteJson(writer, loaded, layers));
        return layers.Any(l => l.Findings.Count > 0) ? ExitCode.Failed : ExitCode.Done;
    }

    private static string Frozen(Model model) =>
        model.TrainableCount == model.ParameterCount ? "" : Invariant($" ({model.TrainableCount:N0} learned)");

    private static string Whitening(IReadOnlyList<BatchNormHealth> layers)
    {
        int count = layers.Count(l => l.GroupSize is not null);
        return count > 0 ? Invariant($", {count} whitening layer{(count == 1 ? "" : "s")}") : "";
    }

    private static TextTable Table(IReadOnlyList<BatchNormHealth> layers)
    {
        var table = new TextTable(
            "layer",
            "channels",
            "eps",
            "rate",
            "renorm",
            "updates",
            "gamma",
            "beta",
            "mean",
            "variance",
            "folds"
        );
        foreach (BatchNormHealth layer in layers)
        {
            table.Row(
                layer.Layer,
                Invariant($"{layer.Channels}"),
                Invariant($"{layer.Convention.Epsilon:G3}"),
                layer.Convention.UpdateRate is { } rate ? Invariant($"{rate:G3}") : "by count",
                layer.Convention.Renormalization is { } renorm
                    ? Invariant($"r {renorm.MaxRatio:G3}, d {renorm.MaxOffset:G3}")
                    : "no",
                Invariant($"{layer.Updates:N0}"),
                Range(layer.Gamma),
                Range(layer.Beta),
                Range(layer.Mean),
                Range(layer.Variance),
                layer.Fold.Reason
            );
        }

        return table;
    }

    // A line a layer would be a thousand; least, mean and most of each against its place in the network show outliers at once.
    private static ChartSpec Chart(IReadOnlyList<BatchNormHealth> layers)
    {
        SeriesSpec Line(string name, int colour, LineStyle style, Func<BatchNormHealth, double> value) =>
            new()
            {
                Name = name,
                X = [.. Enumerable.Range(1, layers.Count).Select(i => (double)i)],
                Y = [.. layers.Select(value)],
                Colour = colour,
                Style = style,
            };
        double Log(double variance) => variance > 0 ? Math.Log10(variance) : double.NaN;
        return new ChartSpec
        {
            Title = "Batch normalisations from input to output",
            X = new AxisSpec { Label = "Layer" },
            Y = new AxisSpec { Label = "Scale; logarithm (10) of running variance" },
            Series =
            [
                Line("gamma, least", 0, LineStyle.Dotted, l => l.Gamma.Min),
                Line("gamma, mean", 0, LineStyle.Solid, l => l.Gamma.Mean),
                Line("gamma, most", 0, LineStyle.Dashed, l => l.Gamma.Max),
                Line("variance, least", 1, LineStyle.Dotted, l => Log(l.Variance.Min)),
                Line("variance, mean", 1, LineStyle.Solid, l => Log(l.Variance.Mean)),
                Line("variance, most", 1, LineStyle.Dashed, l => Log(l.Variance.Max)),
            ],
        };
    }

    private static void WriteJson(Utf8JsonWriter writer, LoadedModel loaded, IReadOnlyList<BatchNormHealth> layers)
    {
        writer.WriteString("model", loaded.Path);
        writer.WriteNumber("parameters", loaded.Model.ParameterCount);
        writer.WriteNumber("trainableParameters", loaded.Model.TrainableCount);
        foreach (BatchNormHealth layer in writer.Objects("layers", layers))
        {
            writer.WriteString("layer", layer.Layer);
            writer.WriteNumber("channels", layer.Channels);
            Evenkeel.Configuration.ConventionJson.Write(writer, layer.Convention);
            writer.WriteNumber("updates", layer.Updates);
            WriteSummary(writer, "gamma", layer.Gamma);
            WriteSummary(writer, "beta", layer.Beta);
            WriteSummary(writer, "runningMean", layer.Mean);
            WriteSummary(writer, "runningVariance", layer.Variance);
            if (layer.GroupSize is { } size)
            {
                writer.WriteNumber("groupSize", size);
                writer.WriteFinite("condition", layer.Condition ?? double.NaN);
            }

            writer.WriteBoolean("folds", layer.Fold.Folds);
            writer.WriteString("fold", layer.Fold.Reason);
            foreach (BatchNormFinding finding in writer.Objects("findings", layer.Findings))
            {
                writer.WriteString("problem", finding.Problem.ToString());
                writer.WriteString("text", finding.Text);
                writer.WriteString("remedy", finding.Remedy);
                writer.WriteNumbers("channels", finding.Channels.Select(channel => (double)channel));
            }
        }
    }

    private static void WriteSummary(Utf8JsonWriter writer, string name, ValueSummary summary)
    {
        writer.WriteStartObject(name);
        writer.WriteFinite("least", summary.Min);
        writer.WriteFinite("mean", summary.Mean);
        writer.WriteFinite("most", summary.Max);
        writer.WriteNumber("notFinite", summary.NotFinite);
        writer.WriteEndObject();
    }

    private static string Range(ValueSummary summary) =>
        Invariant($"{summary.Min:G3}..{summary.Max:G3}")
        + (summary.NotFinite > 0 ? Invariant($" ({summary.NotFinite} NaN)") : "");
}
