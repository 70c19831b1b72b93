using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Evenkeel.Cli.Terminal;
using Evenkeel.Diagnostics.Steps;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel selfcheck</c>: every kind of step beside the reference device, on this machine.</summary>
internal static class SelfCheckCommand
{
    private static readonly Option<int> Threads = NumberRange.Threads();

    public static Command Create() =>
        new Command("selfcheck", "Compare every kind of step with its double-precision reference on this machine")
        {
            Threads,
        }.WithBody(Run);

    private static int Run(ParseResult parse, CommandContext context)
    {
        using Device device = Device.Cpu(parse.GetValue(Threads));
        var results = new List<StepCheck>();
        foreach (StepCheck check in SelfCheck.Run(device))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            results.Add(check);
        }

        // Of each kind of step the network where it is furthest off; JSON has them all.
        var table = new TextTable("step", "networks", "worst in", "error", "tolerance", "result");
        foreach (IGrouping<string, StepCheck> kind in results.GroupBy(check => check.Step))
        {
            StepCheck worst = kind.MaxBy(check =>
                check.Passed ? check.Error / check.Tolerance : double.PositiveInfinity
            )!;
            table.Row(
                worst.Step,
                kind.Count().ToString(CultureInfo.InvariantCulture),
                worst.Network,
                worst.Error.ToString("G3", CultureInfo.InvariantCulture),
                worst.Tolerance.ToString("G3", CultureInfo.InvariantCulture),
                worst.Passed ? "ok" : "FAILED"
            );
        }

        context.WriteTable(table);
        int failed = results.Count(r => !r.Passed);
        context.WriteLine($"{results.Count} checks, {failed} failed; vectors: {VectorWidth.Words}");
        context.WriteJson(writer => Write(writer, results, failed));
        return failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Write(Utf8JsonWriter writer, List<StepCheck> results, int failed)
    {
        writer.WriteString("vectors", VectorWidth.Words);
        writer.WriteNumber("failed", failed);
        foreach (StepCheck check in writer.Objects("checks", results))
        {
            writer.WriteString("step", check.Step);
            writer.WriteString("network", check.Network);
            if (double.IsFinite(check.Error))
                writer.WriteNumber("error", check.Error);
            writer.WriteNumber("tolerance", check.Tolerance);
            writer.WriteBoolean("passed", check.Passed);
        }
    }
}
