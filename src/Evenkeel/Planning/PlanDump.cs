using System.Globalization;
using Evenkeel.Lowering;

namespace Evenkeel.Planning;

/// <summary>A plan as text: one line per step with its buffers, their bytes, offsets and live ranges.</summary>
internal static class PlanDump
{
    /// <summary>Writes the plan.</summary>
    public static void Write(ExecutionPlan plan, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{plan.Options.Mode} plan, batch up to {plan.Options.MaxBatch}: {plan.Steps.Length} steps, activations {plan.ActivationBytes:N0} bytes"
            )
        );
        for (int i = 0; i < plan.Steps.Length; i++)
        {
            if (i == 0)
                writer.WriteLine("forward");
            if (i == plan.ForwardSteps)
                writer.WriteLine("backward");
            if (i == plan.ForwardSteps + plan.BackwardSteps && plan.UpdateSteps > 0)
                writer.WriteLine("update");
            if (i == plan.ForwardSteps + plan.BackwardSteps + plan.UpdateSteps)
                writer.WriteLine("commit");
            WriteStep(plan, i, writer);
        }
    }

    /// <summary>Writes what each rewrite rule did or why it declined.</summary>
    public static void WriteRewrites(ExecutionPlan plan, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(writer);
        foreach (Rewrites.RewriteLogEntry entry in plan.Rewrites)
            writer.WriteLine(
                $"{entry.Rule, -28} {entry.Node, -16} {(entry.Applied ? "applied" : "declined")}: {entry.Reason}"
            );
    }

    private static void WriteStep(ExecutionPlan plan, int i, TextWriter writer)
    {
        Step step = plan.Steps[i];
        writer.WriteLine($"  {i, 3} {step.Kernel, -28} {step.Layer}");
        foreach (BufferId buffer in step.Reads)
            WriteBuffer(plan, buffer, step.Writes.Contains(buffer) ? "accum" : "read", writer);
        foreach (BufferId buffer in step.Writes.Where(b => !step.Reads.Contains(b)))
            WriteBuffer(plan, buffer, "write", writer);
    }

    private static void WriteBuffer(ExecutionPlan plan, BufferId buffer, string access, TextWriter writer)
    {
        BufferInfo info = plan[buffer];
        string place =
            info.Region == Region.Activation
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"at {plan.Offsets[buffer.Index], 10:N0}  live {plan.Live[buffer.Index].First}..{(plan.Live[buffer.Index].Last == plan.Steps.Length ? "end" : plan.Live[buffer.Index].Last)}"
                )
                : info.Region.ToString().ToLowerInvariant();
        writer.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"        {access, -5} {info.Name, -32} {info.Bytes(plan.Options.SliceBatch), 12:N0} bytes  {place}"
            )
        );
    }
}
