namespace Evenkeel.Tests.Reference;

/// <summary>Gradients on the reference device against central differences of its losses.</summary>
internal static class Slopes
{
    private const double H = 1e-5;

    // Of slopes on the two sides, H apart: curvature makes them differ by about H, a kink by about themselves.
    private const double LargestBend = 0.01;

    // Of the sum of the magnitudes that are added along the direction: losses keep 16 digits, of which a difference loses 5.
    private const double Relative = 1e-8;

    /// <summary>Throws if the gradient of a tensor is not the slope of the loss along a direction in which every value takes part.</summary>
    /// <returns>Whether the comparison shows anything: no kink lies close by, and the loss is not too curved.</returns>
    public static bool Check(DoubleNetwork network, DoubleRun run, string tensor, float[] inputs, int[] labels)
    {
        double[] values = network[tensor],
            before = [.. values],
            along = [.. values.Select((_, i) => (i * 2654435769u >> 16 & 1) == 0 ? 1 : -0.5)],
            parts = [.. run[$"d {tensor}"].Zip(along, (g, a) => g * a)];
        (double above, double below, double farAbove, double farBelow) = (At(H), At(-H), At(3 * H), At(-3 * H));
        before.CopyTo(values, 0);
        double slope = (above - below) / (2 * H),
            wider = (farAbove - farBelow) / (6 * H),
            bend = Math.Abs(above + below - (2 * run.Loss)) / H,
            tolerance = (10 * Math.Abs(slope - wider)) + (Relative * parts.Sum(Math.Abs)) + 1e-9;
        if (double.IsNaN(slope) || bend > LargestBend * Math.Max(Math.Abs(slope), 1e-3))
            return false;
        Assert.True(Math.Abs(slope - parts.Sum()) <= tolerance, $"{tensor}: {parts.Sum():g9}, not {slope:g9}");
        return tolerance < 0.01 * Math.Max(Math.Abs(slope), 1e-3);

        double At(double step)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = before[i] + (step * along[i]);
            return network.Loss(inputs, labels);
        }
    }
}
