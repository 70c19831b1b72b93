using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Evenkeel.Cli.Terminal;
using Evenkeel.Kernels.Reference;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Cli.Commands;

/// <summary><c>evenkeel selfcheck</c>: every kernel against its reference on this machine.</summary>
internal static class SelfCheckCommand
{
    private static readonly Option<int> Threads = NumberRange.Threads();

    public static Command Create() =>
        new Command("selfcheck", "Compare every kernel with its double-precision reference on this machine")
        {
            Threads,
        }.WithBody(Run);

    private static int Run(ParseResult parse, CommandContext context)
    {
        int threads = parse.GetValue(Threads);
        using var pool = new WorkerPool(threads);
        var results = new List<(KernelCheck Check, KernelCheckResult Result)>();
        foreach (KernelCheck check in SelfCheck.All)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            results.Add((check, check.Run(pool)));
        }

        var table = new TextTable("kernel", "shape", "error", "tolerance", "verdict");
        foreach ((KernelCheck check, KernelCheckResult result) in results)
        {
            table.Row(
                check.Kernel,
                check.Shape,
                result.Error.ToString("G3", CultureInfo.InvariantCulture),
                result.Tolerance.ToString("G3", CultureInfo.InvariantCulture),
                result.Passed ? "ok" : "FAILED"
            );
        }

        context.WriteTable(table);
        int failed = results.Count(r => !r.Result.Passed);
        context.WriteLine($"{results.Count} checks, {failed} failed; vectors: {SelfCheck.VectorWidth}");
        context.WriteJson(writer => Write(writer, results, failed));
        return failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static void Write(
        Utf8JsonWriter writer,
        List<(KernelCheck Check, KernelCheckResult Result)> results,
        int failed
    )
    {
        writer.WriteString("vectors", SelfCheck.VectorWidth);
        writer.WriteNumber("failed", failed);
        writer.WriteStartArray("checks");
        foreach ((KernelCheck check, KernelCheckResult result) in results)
        {
            writer.WriteStartObject();
            writer.WriteString("kernel", check.Kernel);
            writer.WriteString("shape", check.Shape);
            if (double.IsFinite(result.Error))
                writer.WriteNumber("error", result.Error);
            writer.WriteNumber("tolerance", result.Tolerance);
            writer.WriteBoolean("passed", result.Passed);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
