using System.Text.Json;
using Evenkeel.Cli.Terminal;
using Evenkeel.Runs;
using Evenkeel.Runs.Scoring;
using static System.FormattableString;

namespace Evenkeel.Cli.Runs;

/// <summary>What <c>evenkeel train</c> says at the end.</summary>
internal static class TrainingSummary
{
    /// <summary>The result, as tables or as JSON; of a run that was stopped, how to go on.</summary>
    public static void Write(CommandContext context, RunOutcome outcome)
    {
        if (outcome.Result is { } result)
            WriteResult(context, outcome.Files, result);
        else
            WriteStopped(context, outcome);
    }

    private static void WriteResult(CommandContext context, RunFiles files, RunResult result)
    {
        context.WriteTable(Models(files, result));
        if (!result.HasTest)
        {
            context.WriteLine(
                $"The best model was chosen by its {result.Score.Name} on the test data, so that figure is too good; data.validation holds out training "
                    + "examples instead."
            );
        }

        context.WriteTable(Figures(files, result));
        context.WriteJson(writer =>
        {
            writer.WriteString("status", "done");
            WriteFiles(writer, files);
            result.Write(writer);
        });
    }

    // One row for each state that is kept, so that each score stands beside the file that has it.
    private static TextTable Models(RunFiles files, RunResult result)
    {
        string scored = result.Score.Name;
        var table = result.HasTest
            ? new TextTable("model", "step", $"validation {scored}", $"test {scored}", "file")
            : new TextTable("model", "step", $"test {scored}", "file");
        foreach ((string name, long step, Score score, Score? test) in result.Models)
        {
            string[] judged = result.HasTest ? [score.Text, test?.Text ?? "-"] : [score.Text];
            table.Row([name, Invariant($"{step:N0}"), .. judged, name == "last" ? files.Last : files.Best]);
        }

        return table;
    }

    private static TextTable Figures(RunFiles files, RunResult result)
    {
        var table = new TextTable("run", "");
        table.Row("steps", Invariant($"{result.Steps:N0}"));
        table.Row(
            $"{(result.HasTest ? "validation" : "test")} loss of the last",
            Invariant($"{result.ValidationLoss:F4}")
        );
        table.Row("training time", Invariant($"{result.Seconds:F1} s, {result.StepsPerSecond:#,0.##} steps/s"));
        if (result.SkippedBatches > 0)
            table.Row("batches skipped", Invariant($"{result.SkippedBatches:N0} (loss not finite)"));
        table.Row("report", files.Page);
        return table;
    }

    private static void WriteStopped(CommandContext context, RunOutcome outcome)
    {
        string resume = RunEnd.Resumable(outcome.Files) is { } run ? KnownErrors.ToResume(run) : "";
        context.Progress.Note(Invariant($"stopped after step {outcome.Steps} of {outcome.TotalSteps}{resume}"));
        context.WriteJson(writer =>
        {
            writer.WriteString("status", "stopped");
            WriteFiles(writer, outcome.Files);
            writer.WriteNumber("steps", outcome.Steps);
            writer.WriteNumber("totalSteps", outcome.TotalSteps);
        });
    }

    private static void WriteFiles(Utf8JsonWriter writer, RunFiles files)
    {
        writer.WriteString("run", files.Folder);
        writer.WriteString("last", files.Last);
        if (File.Exists(files.Best))
            writer.WriteString("best", files.Best);
    }
}
