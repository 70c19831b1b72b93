using System.Text.Json;
using Evenkeel.Cli.Terminal;
using static System.FormattableString;

namespace Evenkeel.Cli.Runs;

/// <summary>What <c>evenkeel train</c> says at the end.</summary>
internal static class TrainingSummary
{
    /// <summary>The result, as a table or as JSON.</summary>
    public static void Write(CommandContext context, RunFolder folder, RunResult result)
    {
        var table = new TextTable("result", "");
        table.Row("steps", Invariant($"{result.Steps:N0}"));
        table.Row("final accuracy", Invariant($"{100 * result.Accuracy:F2}%"));
        table.Row("best accuracy", Invariant($"{100 * result.BestAccuracy:F2}% at step {result.BestStep:N0}"));
        if (result.TestAccuracy is { } test)
            table.Row("test accuracy", Invariant($"{100 * test:F2}%"));
        table.Row("validation loss", Invariant($"{result.ValidationLoss:F4}"));
        table.Row("training time", Invariant($"{result.Seconds:F1} s, {result.StepsPerSecond:#,0.##} steps/s"));
        if (result.SkippedBatches > 0)
            table.Row("batches skipped", Invariant($"{result.SkippedBatches:N0} (loss not finite)"));
        table.Row("report", folder.Page);
        table.Row("best model", folder.Best);
        table.Row("last checkpoint", folder.Last);
        context.WriteTable(table);
        context.WriteJson(writer =>
        {
            writer.WriteString("status", "done");
            WriteFiles(writer, folder);
            result.Write(writer);
        });
    }

    /// <summary>How to go on.</summary>
    public static void WriteStopped(CommandContext context, RunFolder folder, TrainingSetup setup)
    {
        long done = setup.Trainer.StepsDone;
        context.Progress.Note(
            Invariant(
                $"stopped after step {done} of {setup.TotalSteps}; go on with: evenkeel train --resume {folder.Path}"
            )
        );
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
