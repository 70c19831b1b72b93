using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Testing.Networks;

/// <summary>Reductions in double precision: every value goes to the result whose place it has without the reduced dimensions.</summary>
internal static class DoubleReductions
{
    /// <summary>Each value with the mean and the variance of those that it is normalised with.</summary>
    public static double[] Normalize(ExampleNorm norm, Shape input, double[] x, double[] scale, double[] shift)
    {
        int channels = input.Channels;
        Func<int, int> together = norm switch
        {
            LayerNorm => i => i / scale.Length,
            GroupNorm group => i => (i / input.Count * channels) + (i % channels / (channels / group.Groups)),
            _ => i => (i / input.Count * channels) + (i % channels),
        };
        double[] y = new double[x.Length];
        foreach (IGrouping<int, int> places in Enumerable.Range(0, x.Length).GroupBy(together))
        {
            double mean = places.Average(i => x[i]),
                deviation = Math.Sqrt(places.Average(i => Math.Pow(x[i] - mean, 2)) + norm.Epsilon);
            foreach (int i in places)
                y[i] = ((x[i] - mean) / deviation * scale[i % scale.Length]) + shift[i % scale.Length];
        }

        return y;
    }

    public static double[] Run(Reduction reduction, Shape input, double[] x)
    {
        Shape made = reduction.InferShape([input]);
        var gathered = new Dictionary<int, List<double>>();
        for (int i = 0; i < x.Length; i++)
        {
            int place = i / input.Count,
                rest = i % input.Count,
                stride = input.Count;
            for (int axis = 0; axis < input.Dimensions.Length; axis++)
            {
                stride /= input.Dimensions[axis];
                (int index, rest) = Math.DivRem(rest, stride);
                place = (place * made.Dimensions[axis]) + (reduction.Axes.Contains(axis) ? 0 : index);
            }

            if (!gathered.TryGetValue(place, out List<double>? values))
                gathered[place] = values = [];
            values.Add(x[i]);
        }

        return
        [
            .. Enumerable
                .Range(0, gathered.Count)
                .Select(place =>
                    reduction switch
                    {
                        ReduceSum => gathered[place].Sum(),
                        ReduceMean => gathered[place].Average(),
                        ReduceMax => gathered[place].Max(),
                        ReduceMin => gathered[place].Min(),
                        _ => throw new NotSupportedException(reduction.Kind),
                    }
                ),
        ];
    }
}
