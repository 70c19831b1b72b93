using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Tests.Reference;

/// <summary>Reductions in double precision: every value goes to the result whose place it has without the reduced dimensions.</summary>
internal static class DoubleReductions
{
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
