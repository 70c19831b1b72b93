using Evenkeel.Lowering;

namespace Evenkeel.Tests.Properties;

/// <summary>Loss and gradients on the reference device, and how far rounding may move them.</summary>
internal sealed class ExpectedGradients
{
    // Sums of some tens of products through a dozen layers, against one rounding of each value.
    private const double Safety = 60;

    // Of the largest gradient of the tensor and of all: what cancels leaves rounding of the largest.
    private const double Relative = 1e-5;

    // Where rounding alone moves values so far, a comparison shows nothing: a kink lies close by.
    private const double MostUncertain = 0.01;
    private readonly DoubleRun _exact;
    private readonly DoubleRun _moved;

    public ExpectedGradients(Model model, float[] inputs, int[] labels)
    {
        (_exact, _moved) = (Run(0), Run(Math.ScaleB(1, -24)));

        DoubleRun Run(double rounding) =>
            new DoubleNetwork(model)
            {
                Mode = PlanMode.Training,
                Seed = Engine.Seed,
                Rounding = rounding,
            }.Train(inputs, labels);
    }

    /// <summary>
    /// Whether all values are numbers, and no products of them leave the range of floats: NaN comes back as a gradient even from where
    /// the loss does not depend on it.
    /// </summary>
    public bool Defined => _exact.Values.Values.All(values => values.All(v => Math.Abs(v) < 1e15));

    public void CheckLoss(double loss, string what)
    {
        double tolerance = (Safety * Math.Abs(_exact.Loss - _moved.Loss)) + (3e-6 * Math.Max(1, _exact.Loss));
        if (!(Math.Abs(_exact.Loss - loss) <= tolerance) && tolerance < 0.01 * Math.Max(1, _exact.Loss))
            throw new InvalidOperationException($"{what}: the loss is {loss:g9}, not {_exact.Loss:g9}");
    }

    /// <summary>Throws if a tensor's gradient is not the reference's.</summary>
    public void Check(string tensor, ReadOnlySpan<float> gradient, ReadOnlySpan<float> all, string what)
    {
        double[] exact = _exact[$"d {tensor}"];
        double uncertain = exact.Zip(_moved[$"d {tensor}"], (e, m) => Math.Abs(e - m)).Max(),
            largest = exact.Max(Math.Abs),
            overall = 1e-3;
        foreach (float g in all)
            overall = Math.Max(overall, Math.Abs(g));
        double tolerance = (Safety * uncertain) + (Relative * Math.Max(largest, overall)) + 1e-7;
        if (!(tolerance <= MostUncertain * overall))
            return;
        for (int i = 0; i < exact.Length; i++)
        {
            if (!(Math.Abs(exact[i] - gradient[i]) <= tolerance))
                throw new InvalidOperationException(
                    $"{what}: gradient {i} of '{tensor}' is {gradient[i]:g7}, not {exact[i]:g7}; {tolerance:g2} is allowed"
                );
        }
    }
}
