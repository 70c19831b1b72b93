using Evenkeel.Diagnostics.Causes;
using Evenkeel.Training;
using static System.FormattableString;

namespace Evenkeel.Diagnostics.Trials;

/// <summary>
/// Tries recalibration before it is recommended: the data is parted at random; statistics measured on one half are judged on the other,
/// and the other way round, so that every example is judged by statistics that it is no part of.
/// </summary>
internal static class RecalibrationTrial
{
    // Enough for means within 0.03 deviations; fewer where a network of many layers makes many passes.
    private const int MaxExamples = 1024;
    private const int MinExamples = 256;
    private const int MaxPasses = 8 * MaxExamples;

    public static RemedyTrial Run(Examination examination, ExampleScores stored)
    {
        (Model model, IDataset data, Device device) = (examination.Model, examination.Data, examination.Device);
        var options = new RecalibrationOptions { BatchSize = examination.Options.BatchSize };
        int[] order = ExampleBatches.Shuffled(data.Count);
        int half = order.Length / 2,
            most = Math.Clamp(
                MaxPasses / Math.Max(1, Recalibration.Passes(model.Graph, options)),
                MinExamples,
                MaxExamples
            );
        var after = new ExampleScores(data, examination.Loss);
        Judge(order.AsSpan(0, half), order.AsSpan(half));
        Judge(order.AsSpan(half), order.AsSpan(0, half));
        return after.Against(stored, Invariant($"recalibrated on {Math.Min(half, most):N0} other examples"));

        void Judge(ReadOnlySpan<int> measured, ReadOnlySpan<int> judged)
        {
            using Model repaired = model.Clone();
            repaired.Recalibrate(data.Pick(measured[..Math.Min(measured.Length, most)]), options, device);
            after.Add(repaired, judged, device);
        }
    }
}
