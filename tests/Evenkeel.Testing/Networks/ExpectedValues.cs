using Evenkeel.Lowering;

namespace Evenkeel.Testing.Networks;

/// <summary>
/// What each layer must give for a batch, by the double-precision interpreter, and how far a computation in floats may be from it. The
/// interpreter runs a second time with every tensor and every layer's value rounded as floats are, at random; how far that moves a value
/// is what a network makes of rounding, be it a division by almost nothing or a variance of almost nothing.
/// </summary>
public sealed class ExpectedValues
{
    // Sums of some tens of products, each rounded, against one rounding of their result in the interpreter; what follows may be a power.
    private const double Safety = 300;

    // Of a layer's largest value: the error of a sum is that of its largest parts.
    private const double Relative = 2e-6;

    // Where rounding alone moves values so far, a comparison shows nothing.
    private const double MostUncertain = 0.02;

    // Squares and products of larger values leave the range of floats, in whatever is computed from them.
    private const double LargestOfFloats = 1e15;
    private readonly Dictionary<string, double[]> _exact;
    private readonly Dictionary<string, double[]> _moved;
    private readonly bool _overflows;

    /// <summary>Runs the interpreter.</summary>
    public ExpectedValues(Model model, PlanMode mode, ReadOnlySpan<float> inputs, ulong seed = 0)
    {
        var exact = new DoubleNetwork(model) { Mode = mode, Seed = seed };
        var moved = new DoubleNetwork(model)
        {
            Mode = mode,
            Seed = seed,
            Rounding = Math.ScaleB(1, -24),
        };
        _exact = exact.Values(inputs);
        _moved = moved.Values(inputs);
        _overflows = _exact.Values.Any(values => values.Any(v => Math.Abs(v) > LargestOfFloats));
    }

    /// <summary>A layer's values, [batch, ...].</summary>
    public double[] this[string node] => _exact[node];

    /// <summary>Whether all values are numbers whose products floats can hold.</summary>
    public bool Defined => _exact.Values.All(values => values.All(v => Math.Abs(v) <= LargestOfFloats));

    /// <summary>How far a computation of a layer's value in floats may be away; infinite where rounding alone decides it.</summary>
    public double Tolerance(string node)
    {
        double largest = 0,
            moved = 0;
        for (int i = 0; i < _exact[node].Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(_exact[node][i]));
            double difference = Math.Abs(_exact[node][i] - _moved[node][i]);
            // Not a number where both are infinite: then nothing can be said.
            moved = difference >= 0 ? Math.Max(moved, difference) : double.PositiveInfinity;
        }

        double tolerance = (Safety * moved) + (Relative * largest) + 1e-9;
        return !_overflows && tolerance <= MostUncertain * Math.Max(largest, 1e-3)
            ? tolerance
            : double.PositiveInfinity;
    }

    /// <summary>Throws if values of a layer are too far from the expected ones.</summary>
    /// <returns>Whether the comparison could show anything.</returns>
    public bool Check(string node, ReadOnlySpan<float> actual, string what)
    {
        double[] expected = _exact[node];
        double tolerance = Tolerance(node);
        if (expected.Length != actual.Length)
            throw new InvalidOperationException($"{what}: {actual.Length} values of '{node}', not {expected.Length}");
        if (double.IsInfinity(tolerance))
            return false;
        for (int i = 0; i < expected.Length; i++)
        {
            // Written so that NaN fails.
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance))
                throw new InvalidOperationException(
                    $"{what}: value {i} of '{node}' is {actual[i]:g9}, not {expected[i]:g9}; {tolerance:g2} is allowed"
                );
        }

        return true;
    }
}
