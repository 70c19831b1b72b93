using System.Globalization;
using Evenkeel.Cli.Terminal;
using Evenkeel.Diagnostics;
using Evenkeel.Runs.Text;

namespace Evenkeel.Cli.Commands;

/// <summary>Shows where time goes: each kernel of the plan in its order, then all of one kind together, the longest first.</summary>
internal static class BenchProfile
{
    public static void Show(CommandContext context, IReadOnlyList<ProfileRow> rows)
    {
        var table = new TextTable("kernel", "layer", "microseconds");
        foreach (ProfileRow row in rows)
            table.Row(row.Kernel, row.Layer, Number(row.Microseconds));
        context.WriteTable(table);
        context.WriteLine();
        double sum = rows.Sum(r => r.Microseconds);
        var kinds = new TextTable("kernel", "times", "microseconds", "share", "GFLOP/s", "GB/s");
        foreach ((int count, ProfileRow kind) in ProfileRow.ByKernel(rows))
        {
            kinds.Row(
                kind.Kernel,
                $"{count}",
                Number(kind.Microseconds),
                $"{Number(100 * kind.Microseconds / sum)} %",
                Rate(kind.Operations, kind.Microseconds),
                Rate(kind.Bytes, kind.Microseconds)
            );
        }

        context.WriteTable(kinds.Row("sum", $"{rows.Count}", Number(sum), "", "", ""));
        context.WriteJson(writer =>
        {
            foreach (ProfileRow row in writer.Objects("kernels", rows))
            {
                writer.WriteString("kernel", row.Kernel);
                writer.WriteString("layer", row.Layer);
                writer.WriteNumber("microseconds", row.Microseconds);
                writer.WriteNumber("operations", row.Operations);
                writer.WriteNumber("bytes", row.Bytes);
            }
        });
    }

    // Thousands of a unit per microsecond are billions per second.
    private static string Rate(double amount, double microseconds) =>
        amount == 0 || microseconds == 0 ? "" : Number(amount / microseconds / 1e3);

    private static string Number(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
