using Evenkeel.Graphs;
using Evenkeel.Layers;
using static System.FormattableString;

namespace Evenkeel.Diagnostics;

/// <summary>The checks of a running covariance that need no data: beside those of its variances, which are as in batch normalisation.</summary>
internal static class CovarianceChecks
{
    // Each value is a float, whose rounding moves an eigenvalue by size times it at most.
    private const double Rounding = 1.2e-7;

    /// <summary>What is wrong with the covariance of a layer.</summary>
    /// <param name="node">The layer.</param>
    /// <param name="t">Its numbers.</param>
    /// <param name="values">Eigenvalues of each group, ascending.</param>
    public static IEnumerable<BatchNormFinding> Run(Node node, BatchNormTensors t, double[][] values)
    {
        int size = values[0].Length;
        BatchNormFinding?[] found =
        [
            // A negative variance is told as such.
            Array.Exists(t.Variance, v => v < 0)
                ? null
                : Impossible(values, size),
            // Newton's iterations enlarge by 1.5 each at most, however small a variance is.
            node.Layer
                is DecorrelatedBatchNorm norm
                ? Singular(values, size, norm.Convention.Epsilon)
                : null,
        ];
        return found.OfType<BatchNormFinding>();
    }

    /// <summary>See <see cref="BatchNormHealth.Condition"/>.</summary>
    public static double Condition(double[][] values, double epsilon)
    {
        double[] conditions = [.. values.Select(v => (v[^1] + epsilon) / Math.Max(epsilon, v[0] + epsilon))];
        return Array.Exists(conditions, double.IsNaN) ? double.NaN : conditions.Max();
    }

    private static BatchNormFinding? Impossible(double[][] values, int size)
    {
        int[] groups = Groups(values, v => v[0] < -size * Rounding * v[^1]);
        return groups.Length > 0
            ? new BatchNormFinding(
                BatchNormProblem.ImpossibleCovariance,
                Channels(groups, size),
                Invariant(
                    $"the running covariance has eigenvalues down to {groups.Min(g => values[g][0]):G3} in {Name(groups, size)}, and no data has negative ones"
                ),
                "recalibrate on data like that in use"
            )
            : null;
    }

    private static BatchNormFinding? Singular(double[][] values, int size, double epsilon)
    {
        int[] groups = Groups(values, v => v[0] < epsilon);
        int directions = groups.Sum(g => values[g].Count(v => v < epsilon));
        return groups.Length > 0 && size > 1
            ? new BatchNormFinding(
                BatchNormProblem.SingularCovariance,
                Channels(groups, size),
                Invariant(
                    $"along {directions} of {values.Length * size} directions the running covariance is below eps {epsilon:G3}, so that eps sets the scale, in {Name(groups, size)}"
                ),
                "take smaller groups (groupSize), a larger eps such as 0.01, or larger batches; inputs that depend on each other, as behind a linear layer with fewer inputs than outputs, need one of the first two"
            )
            : null;
    }

    private static int[] Groups(double[][] values, Func<double[], bool> holds) =>
        [.. Enumerable.Range(0, values.Length).Where(g => holds(values[g]))];

    private static int[] Channels(int[] groups, int size) =>
        [.. groups.SelectMany(g => Enumerable.Range(g * size, size))];

    private static string Name(int[] groups, int size) =>
        groups.Length == 1
            ? Invariant($"the group of channels {groups[0] * size} to {((groups[0] + 1) * size) - 1}")
            : Invariant($"{groups.Length} groups of {size} channels, the first from channel {groups[0] * size} on");
}
