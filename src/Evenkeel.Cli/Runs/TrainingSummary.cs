using System.Text.Json;
using Evenkeel.Cli.Terminal;
using Evenkeel.Runs;
using static System.FormattableString;

namespace Evenkeel.Cli.Runs;

/// <summary>What <c>evenkeel train</c> says at the end.</summary>
internal static class TrainingSummary
{
    /// <summary>The result, as tables or as JSON.</summary>
    public static void Write(CommandContext context, RunFolder folder, RunResult result)
    {
        context.WriteTable(Models(folder, result));
        if (!result.HasTest)
        {
            context.WriteLine(
                "The best model was chosen by its accuracy on the test data, which flatters it a little; data.validation holds training "
                    + "examples out instead."
            );
        }

        context.WriteTable(Figures(folder, result));
        context.WriteJson(writer =>
        {
            writer.WriteString("status", "done");
            WriteFiles(writer, folder);
            result.Write(writer);
        });
    }

    // One row for each state that is kept, so that each accuracy stands beside the file that has it.
    private static TextTable Models(RunFolder folder, RunResult result)
    {
        var table = result.HasTest
            ? new TextTable("model", "step", "validation accuracy", "test accuracy", "file")
            : new TextTable("model", "step", "test accuracy", "file");
        foreach ((string name, long step, double accuracy, double? test) in result.Models)
        {
            string[] judged = result.HasTest
                ? [Percent(accuracy), test is { } t ? Percent(t) : "-"]
                : [Percent(accuracy)];
            table.Row([name, Invariant($"{step:N0}"), .. judged, name == "last" ? folder.Last : folder.Best]);
        }

        return table;
    }

    private static TextTable Figures(RunFolder folder, RunResult result)
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
        table.Row("report", folder.Page);
        return table;
    }

    private static string Percent(double share) => Invariant($"{100 * share:F2}%");

    /// <summary>How to go on.</summary>
    public static void WriteStopped(CommandContext context, RunFolder folder, TrainingSetup setup)
    {
        long done = setup.Trainer.StepsDone;
        string resume = RunEnd.Resumable(folder) is { } run ? KnownErrors.ToResume(run) : "";
        context.Progress.Note(Invariant($"stopped after step {done} of {setup.TotalSteps}{resume}"));
        context.WriteJson(writer =>
        {
            writer.WriteString("status", "stopped");
            WriteFiles(writer, folder);
            writer.WriteNumber("steps", done);
            writer.WriteNumber("totalSteps", setup.TotalSteps);
        });
    }

    private static void WriteFiles(Utf8JsonWriter writer, RunFolder folder)
    {
        writer.WriteString("run", folder.Path);
        writer.WriteString("last", folder.Last);
        if (File.Exists(folder.Best))
            writer.WriteString("best", folder.Best);
    }
}
