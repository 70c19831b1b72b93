namespace Evenkeel.Tests.Properties;

/// <summary>
/// Derivatives of the interpreter's loss: for each tensor along one random direction, in which every value takes part, and along its
/// first and its last value.
/// </summary>
internal sealed class ExpectedGradients
{
    private const double H = 1e-5;

    // Of the sum of a tensor's gradients' magnitudes: sums of some tens of products through a dozen layers.
    private const double Relative = 1e-5;

    // Of slopes on the two sides, H apart: curvature makes them differ by about H, a kink by about themselves.
    private const double LargestBend = 0.01;
    private readonly DoubleNetwork _exact;
    private readonly DoubleNetwork _moved;
    private readonly float[] _inputs;
    private readonly int[] _labels;
    private readonly double _loss;
    private readonly Dictionary<(string Tensor, int Direction), (double Slope, double Error)> _slopes = [];

    public ExpectedGradients(Model model, float[] inputs, int[] labels)
    {
        _exact = new DoubleNetwork(model) { DropoutFactors = Engine.DropoutFactors };
        _moved = new DoubleNetwork(model) { DropoutFactors = Engine.DropoutFactors, Rounding = Math.ScaleB(1, -24) };
        (_inputs, _labels) = (inputs, labels);
        _loss = _exact.Loss(inputs, labels);
    }

    /// <summary>
    /// Whether all values are numbers, and no products of them leave the range of floats: NaN comes back as a gradient even from where
    /// the loss does not depend on it.
    /// </summary>
    public bool Defined => _exact.Values(_inputs).Values.All(values => values.All(v => Math.Abs(v) < 1e15));

    public void CheckLoss(double loss, string what)
    {
        double tolerance = (60 * Math.Abs(_loss - _moved.Loss(_inputs, _labels))) + (3e-6 * Math.Max(1, _loss));
        if (!(Math.Abs(_loss - loss) <= tolerance) && tolerance < 0.01 * Math.Max(1, _loss))
            throw new InvalidOperationException($"{what}: the loss is {loss:g9}, not {_loss:g9}");
    }

    /// <summary>Throws if a tensor's gradient is not the interpreter's.</summary>
    public void Check(string tensor, ReadOnlySpan<float> gradient, ReadOnlySpan<float> all, string what)
    {
        double largest = 0;
        foreach (float g in all)
            largest = Math.Max(largest, Math.Abs(g));
        for (int direction = 0; direction < 3; direction++)
        {
            double actual = 0,
                sum = 0;
            for (int i = 0; i < gradient.Length; i++)
            {
                double along = Along(direction, i, gradient.Length) * gradient[i];
                actual += along;
                sum += Math.Abs(along);
            }

            (double slope, double error) = Slope(tensor, direction);
            // What cancels, as everything before the normalisation of two values does, leaves rounding of the largest, or of the
            // gradient of the outputs, which is of order 1, where it cancels in all.
            double tolerance = error + (Relative * (sum + largest)) + 1e-7;
            if (double.IsNaN(slope) || error > 0.01 * Math.Max(Math.Abs(slope), Math.Max(largest, 1e-3)))
                continue;
            if (!(Math.Abs(slope - actual) <= tolerance))
                throw new InvalidOperationException(
                    $"{what}: the gradient of '{tensor}' along direction {direction} is {actual:g7}, not {slope:g7}; {tolerance:g2} is allowed"
                );
        }
    }

    // Error: what rounding may make of it, and what changes with the step: curvature, or a kink close by. None where there is a kink.
    private (double Slope, double Error) Slope(string tensor, int direction)
    {
        if (_slopes.TryGetValue((tensor, direction), out (double, double) known))
            return known;
        (double above, double below) = Around(_exact, tensor, direction, H);
        (double wideAbove, double wideBelow) = Around(_exact, tensor, direction, 3 * H);
        (double movedAbove, double movedBelow) = Around(_moved, tensor, direction, H);
        double slope = (above - below) / (2 * H),
            wider = (wideAbove - wideBelow) / (6 * H),
            moved = (movedAbove - movedBelow) / (2 * H),
            bend = Math.Abs(above + below - (2 * _loss)) / H,
            error = (10 * Math.Abs(slope - wider)) + (60 * Math.Abs(slope - moved));
        bool kink = bend > LargestBend * Math.Max(Math.Abs(slope), 1e-3);
        return _slopes[(tensor, direction)] = (slope, kink ? double.PositiveInfinity : error);
    }

    private (double Above, double Below) Around(DoubleNetwork network, string tensor, int direction, double h)
    {
        double[] values = network[tensor],
            before = [.. values];
        double above = At(h),
            below = At(-h);
        before.CopyTo(values, 0);
        return (above, below);

        double At(double step)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = before[i] + (step * Along(direction, i, values.Length));
            return network.Loss(_inputs, _labels);
        }
    }

    private static double Along(int direction, int i, int count) =>
        direction switch
        {
            0 => (i * 2654435769u >> 16 & 1) == 0 ? 1 : -0.5,
            1 => i == 0 ? 1 : 0,
            _ => i == count - 1 ? 1 : 0,
        };
}
