using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Reference;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Reference;

/// <summary>Steps that move values, or reduce many to one.</summary>
internal static partial class ReferenceBackend
{
    private static void AddPlaces()
    {
        Add<GatherAxes>(
            (s, m) =>
            {
                double[] x = m[s.X];
                int[] sources = s.Tables.Sources();
                double[] y = new double[m.Batch * sources.Length];
                for (int i = 0; i < y.Length; i++)
                {
                    int source = sources[i % sources.Length];
                    y[i] =
                        source == AxisPlan.Nothing ? s.Fill : x[(i / sources.Length * (x.Length / m.Batch)) + source];
                }

                m[s.Y] = y;
            }
        );
        Add<ScatterAxes>(
            (s, m) =>
            {
                double[] dy = m[s.DY],
                    dx = new double[m[s.DX].Length];
                int[] sources = s.Tables.Sources();
                for (int i = 0; i < dy.Length; i++)
                {
                    int source = sources[i % sources.Length];
                    if (source != AxisPlan.Nothing)
                        dx[(i / sources.Length * (dx.Length / m.Batch)) + source] += dy[i];
                }

                m[s.DX] = dx;
            }
        );
        Add<CopyRows>(Copy);
        Add<RepeatValue>((s, m) => m[s.Y] = [.. Enumerable.Repeat(m[s.Value], m.Batch).SelectMany(v => v)]);
        Add<NoGradient>((s, m) => m[s.DX] = new double[m[s.DX].Length]);
        Add<BilinearForward>(
            (s, m) => m[s.Y] = BilinearReference.Forward(s.Size.Rows, s.Size.Columns, s.Size.Channels, m[s.X])
        );
        Add<BilinearBackward>(
            (s, m) => m[s.DX] = BilinearReference.Backward(s.Size.Rows, s.Size.Columns, s.Size.Channels, m[s.DY])
        );
        AddReductions();
    }

    private static void AddReductions()
    {
        Add<ReductionForward>(
            (s, m) =>
            {
                double[] x = m[s.X];
                ILookup<int, double> values = Enumerable.Range(0, x.Length).ToLookup(ResultOf(s.Plan), i => x[i]);
                m[s.Y] = [.. Enumerable.Range(0, values.Count).Select(result => Reduced(s.Reduction, values[result]))];
            }
        );
        Add<SummationBackward>(
            (s, m) =>
            {
                double[] dy = m[s.DY];
                double scale = s.Reduction.Scale(s.Plan.ValuesOfResult);
                m[s.DX] = [.. Enumerable.Range(0, m[s.DX].Length).Select(ResultOf(s.Plan)).Select(r => dy[r] * scale)];
            }
        );
        Add<ChoiceBackward>(
            (s, m) =>
            {
                double[] x = m[s.X],
                    y = m[s.Y],
                    dy = m[s.DY];
                Func<int, int> result = ResultOf(s.Plan);
                ILookup<int, int> chosen = Enumerable
                    .Range(0, x.Length)
                    .Where(i => x[i] == y[result(i)])
                    .ToLookup(result);
                m[s.DX] = [.. x.Select((v, i) => v == y[result(i)] ? dy[result(i)] / chosen[result(i)].Count() : 0)];
            }
        );
    }

    private static void Copy(CopyRows s, ReferenceMemory m)
    {
        double[] source = m[s.Source],
            target = [.. m[s.Target.Buffer]];
        int rows = m.Batch * s.Positions;
        for (int i = 0; i < rows * s.Channels; i++)
        {
            (int row, int channel) = Math.DivRem(i, s.Channels);
            ref double to = ref target[(row * (target.Length / rows)) + s.TargetOffset + channel];
            to = (s.Target.Accumulates ? to : 0) + source[(row * (source.Length / rows)) + s.SourceOffset + channel];
        }

        m[s.Target.Buffer] = target;
    }

    private static Func<int, int> ResultOf(ReductionPlan plan)
    {
        int[] results = ReduceReference.Results(plan);
        return i => (i / plan.Values * plan.Results) + results[i % plan.Values];
    }

    private static double Reduced(Reduction reduction, IEnumerable<double> values) =>
        reduction switch
        {
            Summation sum => values.Sum() * sum.Scale(values.Count()),
            ReduceMax => values.Aggregate(Math.Max),
            ReduceMin => values.Aggregate(Math.Min),
            _ => throw new NotSupportedException($"The reference device does not know {reduction.Kind}."),
        };
}
