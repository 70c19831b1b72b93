using System.CommandLine;
using System.Text.Json;
using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Diagnostics;
using Evenkeel.Rewrites;
using Evenkeel.Runs.Text;
using static System.FormattableString;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel fold</c>: batch normalisation into the layers next to it, with the measured difference.</summary>
internal static class FoldCommand
{
    private static readonly ModelOptions Common = new();

    private static readonly ModelOutput Out = new("The folded model");

    private static readonly Option<bool> NearZero = new("--allow-near-zero-variance")
    {
        Description = "Also fold channels whose variance is below a hundredth of eps",
    };

    public static Command Create()
    {
        Command command = Common.AddTo(
            new Command(
                "fold",
                "Fold batch normalisation into linear and convolution layers, and measure the difference on data"
            )
        );
        Out.AddTo(command);
        command.Options.Add(NearZero);
        return command.WithBody(Run);
    }

    private static int Run(ParseResult parse, CommandContext context)
    {
        string output = Out.Path(parse, Common.ModelFile(parse));
        using LoadedModel loaded = Common.LoadModel(parse, context);
        var options = new FoldOptions { AllowNearZeroVariance = parse.GetValue(NearZero) };
        using Model folded = loaded.Model.FoldBatchNorm(out IReadOnlyList<FoldDecision> decisions, options);
        IDataset data = Common.NamesData(parse, loaded)
            ? Common.LoadTest(parse, loaded, context)
            : ArrayFile.MadeUp(loaded);
        using var device = Device.Cpu(Common.Threads(parse));
        OutputDifference difference = OutputDifference.Measure(loaded.Model, folded, data, device);
        Evaluation before = loaded.Model.EvaluateIfLabelled(data, device),
            after = folded.EvaluateIfLabelled(data, device);
        loaded.SaveChanged(folded, output);

        var table = new TextTable("layer", "folded", "where, or why not");
        foreach (FoldDecision decision in decisions)
            table.Row(decision.Layer, decision.Folds ? "yes" : "no", decision.Reason);
        context.WriteTable(table);
        context.WriteLine(
            Invariant(
                $"{data.Name}, {difference.Examples:N0} examples: outputs differ by {difference.Largest:G3} at most, {difference.Mean:G3} on average, of values up to {difference.Scale:G3}"
            )
        );
        if (data.Classes > 0)
            context.WriteLine(
                Invariant(
                    $"{difference.SamePrediction:N0} predictions are the same; accuracy {100 * before.Accuracy:F2}% before, {100 * after.Accuracy:F2}% after"
                )
            );
        context.WriteLine($"written: {output}");
        context.WriteJson(writer => WriteJson(writer, output, decisions, difference, before, after));
        return ExitCode.Done;
    }

    private static void WriteJson(
        Utf8JsonWriter writer,
        string output,
        IReadOnlyList<FoldDecision> decisions,
        OutputDifference difference,
        Evaluation before,
        Evaluation after
    )
    {
        writer.WriteString("output", output);
        writer.WriteNumber("examples", difference.Examples);
        writer.WriteFinite("largestDifference", difference.Largest);
        writer.WriteFinite("meanDifference", difference.Mean);
        writer.WriteFinite("largestOutput", difference.Scale);
        writer.WriteNumber("samePredictions", difference.SamePrediction);
        writer.WriteFinite("accuracyBefore", before.Accuracy);
        writer.WriteFinite("accuracyAfter", after.Accuracy);
        foreach (FoldDecision decision in writer.Objects("layers", decisions))
        {
            writer.WriteString("layer", decision.Layer);
            writer.WriteBoolean("folded", decision.Folds);
            writer.WriteStrings("into", decision.Into);
            writer.WriteString("reason", decision.Reason);
        }
    }
}
