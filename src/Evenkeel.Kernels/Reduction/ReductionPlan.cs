namespace Evenkeel.Kernels.Reduction;

/// <summary>
/// Where the values of an example lie that are reduced to one. Neighbouring axes of one kind are taken together; the last ones are a run of
/// neighbours, either of one result or of one result each, and tables say where the runs begin.
/// </summary>
public sealed class ReductionPlan
{
    /// <summary>Prepares the tables.</summary>
    /// <param name="dimensions">Dimensions of an example, outermost first.</param>
    /// <param name="axes">The dimensions to reduce, each once.</param>
    /// <exception cref="ArgumentException">A dimension is below 1, or an axis is none of the dimensions or named twice.</exception>
    public ReductionPlan(ReadOnlySpan<int> dimensions, ReadOnlySpan<int> axes)
    {
        bool[] reduced = new bool[dimensions.Length];
        foreach (int axis in axes)
        {
            if (axis < 0 || axis >= dimensions.Length || reduced[axis])
                throw new ArgumentException($"Axis {axis} is outside {dimensions.Length} dimensions or named twice.");
            reduced[axis] = true;
        }

        List<(int Length, bool Reduced)> groups = Grouped(dimensions, reduced);
        (Run, bool runReduced) = groups[^1];
        KeepsRun = !runReduced;
        Kept = [0];
        Reduced = [0];
        for (int i = groups.Count - 2, stride = Run; i >= 0; stride *= groups[i].Length, i--)
        {
            if (groups[i].Reduced)
                Reduced = Outer(groups[i].Length, stride, Reduced);
            else
                Kept = Outer(groups[i].Length, stride, Kept);
        }
    }

    /// <summary>Values of an example.</summary>
    public int Values => Kept.Length * Reduced.Length * Run;

    /// <summary>Values of an example after the reduction.</summary>
    public int Results => Kept.Length * ResultsOfRun;

    /// <summary>Values that one result is made of.</summary>
    public int ValuesOfResult => Values / Results;

    /// <summary>Places where runs of different results begin.</summary>
    internal int[] Kept { get; }

    /// <summary>What is added to them for the runs of the same results.</summary>
    internal int[] Reduced { get; }

    /// <summary>Neighbours of a run.</summary>
    internal int Run { get; }

    /// <summary>Whether each value of a run belongs to a result of its own; otherwise all belong to one.</summary>
    internal bool KeepsRun { get; }

    internal int ResultsOfRun => KeepsRun ? Run : 1;

    private static List<(int Length, bool Reduced)> Grouped(ReadOnlySpan<int> dimensions, bool[] reduced)
    {
        var groups = new List<(int Length, bool Reduced)>();
        for (int axis = 0; axis < dimensions.Length; axis++)
        {
            int length = dimensions[axis];
            ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(dimensions));
            if (length == 1)
                continue;
            if (groups.Count > 0 && groups[^1].Reduced == reduced[axis])
                groups[^1] = (checked(groups[^1].Length * length), reduced[axis]);
            else
                groups.Add((length, reduced[axis]));
        }

        return groups.Count > 0 ? groups : [(1, false)];
    }

    private static int[] Outer(int length, int stride, int[] inner) =>
        [.. Enumerable.Range(0, length).SelectMany(i => inner.Select(place => (i * stride) + place))];
}
