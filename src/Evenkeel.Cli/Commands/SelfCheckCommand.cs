using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Evenkeel.Cli.Terminal;
using Evenkeel.Diagnostics.Steps;
using Evenkeel.Execution;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Reference;
using Evenkeel.Kernels.Threading;

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
        int threads = parse.GetValue(Threads);
        var results = new List<StepCheck>();
        foreach (StepCheck check in Checks(threads))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            results.Add(check);
        }

        var table = new TextTable("step", "network", "error", "tolerance", "verdict");
        foreach (StepCheck check in results)
        {
            table.Row(
                check.Step,
                check.Network,
                check.Error.ToString("G3", CultureInfo.InvariantCulture),
                check.Tolerance.ToString("G3", CultureInfo.InvariantCulture),
                check.Passed ? "ok" : "FAILED"
            );
        }

        context.WriteTable(table);
        int failed = results.Count(r => !r.Passed);
        context.WriteLine($"{results.Count} checks, {failed} failed; vectors: {VectorWidth.Words}");
        context.WriteJson(writer => Write(writer, results, failed));
        return failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static IEnumerable<StepCheck> Checks(int threads)
    {
        using Device device = Device.Cpu(threads);
        foreach (StepCheck check in SelfCheck.Run(device))
            yield return check;
        using var pool = new WorkerPool(threads);
        foreach (KernelCheck check in KernelChecks.All)
        {
            KernelCheckResult result = check.Run(pool);
            yield return new StepCheck(check.Kernel, check.Shape, result.Error, result.Tolerance);
        }
    }

    private static void Write(Utf8JsonWriter writer, List<StepCheck> results, int failed)
    {
        writer.WriteString("vectors", VectorWidth.Words);
        writer.WriteNumber("failed", failed);
        writer.WriteStartArray("checks");
        foreach (StepCheck check in results)
        {
            writer.WriteStartObject();
            writer.WriteString("step", check.Step);
            writer.WriteString("network", check.Network);
            if (double.IsFinite(check.Error))
                writer.WriteNumber("error", check.Error);
            writer.WriteNumber("tolerance", check.Tolerance);
            writer.WriteBoolean("passed", check.Passed);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
