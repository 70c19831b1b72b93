using System.Numerics;
using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Rewrites;

/// <summary>
/// y[i] = scale[i mod n] x[i] + shift[i mod n] over the values of one example in the order of memory. With one factor per channel n is the
/// number of channels; with one per value it is the number of values.
/// </summary>
/// <param name="Scale">Factors, n of them.</param>
/// <param name="Shift">What is added, n of them.</param>
internal sealed record AffineMap(float[] Scale, float[] Shift)
{
    /// <summary>How many values have a factor of their own.</summary>
    public int Period => Scale.Length;

    /// <summary>The map that a layer is: an affine one, or a batch normalisation with its running statistics.</summary>
    public static AffineMap Of(Model model, Node node) =>
        node.Layer is BatchNorm
            ? BatchNormFreezing.AffineOf(model, node, BatchNormFreezing.Running(model, node.Name))
            : new(model.Floats($"{node.Name}.weight").ToArray(), model.Floats($"{node.Name}.bias").ToArray());

    /// <summary>The same map with another period; null where it has no such period.</summary>
    public AffineMap? WithPeriod(int period)
    {
        if (period == Period)
            return this;
        for (int i = period, whole = LeastCommon(period, Period); i < whole; i++)
        {
            if (!IsSame(i % Period, i % period % Period))
                return null;
        }

        return new AffineMap(Repeat(Scale, period), Repeat(Shift, period));
    }

    /// <summary>Whether two values are mapped alike.</summary>
    public bool IsSame(int i, int j) =>
        Scale[i % Period] == Scale[j % Period] && Shift[i % Period] == Shift[j % Period];

    /// <summary>The map of values that are put in other places: place i gets the value of <paramref name="sources"/>[i].</summary>
    public AffineMap Gather(int[] sources) =>
        new(
            Array.ConvertAll(sources, source => Scale[source % Period]),
            Array.ConvertAll(sources, source => Shift[source % Period])
        );

    /// <summary>This map behind another one.</summary>
    public AffineMap After(AffineMap first)
    {
        int period = LeastCommon(Period, first.Period);
        float[] scale = new float[period],
            shift = new float[period];
        for (int i = 0; i < period; i++)
        {
            double a = Scale[i % Period];
            scale[i] = (float)(a * first.Scale[i % first.Period]);
            shift[i] = (float)((a * first.Shift[i % first.Period]) + Shift[i % Period]);
        }

        return new AffineMap(scale, shift);
    }

    // Both divide the number of values of an example, so that it is no larger.
    private static int LeastCommon(int a, int b) => a / (int)BigInteger.GreatestCommonDivisor(a, b) * b;

    private static float[] Repeat(float[] values, int count)
    {
        float[] repeated = new float[count];
        for (int i = 0; i < count; i++)
            repeated[i] = values[i % values.Length];
        return repeated;
    }
}
