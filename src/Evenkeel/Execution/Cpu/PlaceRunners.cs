using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Resizing;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

/// <summary>Steps that move values, or reduce many to one.</summary>
internal static class PlaceRunners
{
    public static void Gather(GatherAxes s, CpuContext c) =>
        AxisGather.Forward(c.Pool, s.Tables.Plan, s.Fill, c.Batch, c.Floats(s.X), c.Floats(s.Y));

    public static void Scatter(ScatterAxes s, CpuContext c) =>
        AxisGather.Backward(c.Pool, s.Tables.Plan, c.Batch, c.Floats(s.DY), c.Floats(s.DX));

    public static void Copy(CopyRows s, CpuContext c)
    {
        if (c.Batch == 0)
            return;
        int rows = c.Batch * s.Positions;
        Span<float> source = c.Floats(s.Source)[s.SourceOffset..];
        Span<float> target = c.Floats(s.Target)[s.TargetOffset..];
        int from = c.RowStride(s.Source, s.Positions),
            to = c.RowStride(s.Target.Buffer, s.Positions);
        RowCopy.Run(c.Pool, rows, s.Channels, source, from, target, to, s.Target.Accumulates);
    }

    public static void Repeat(RepeatValue s, CpuContext c)
    {
        Span<float> value = c.Floats(s.Value),
            y = c.Floats(s.Y);
        for (int start = 0; start < y.Length; start += value.Length)
            value.CopyTo(y[start..]);
    }

    public static void Clear(NoGradient s, CpuContext c) => c.Floats(s.DX).Clear();

    public static void Forward(BilinearForward s, CpuContext c) =>
        Bilinear.Forward(c.Pool, s.Size.Rows, s.Size.Columns, s.Size.Channels, c.Floats(s.X), c.Floats(s.Y));

    public static void Backward(BilinearBackward s, CpuContext c) =>
        Bilinear.Backward(c.Pool, s.Size.Rows, s.Size.Columns, s.Size.Channels, c.Floats(s.DY), c.Floats(s.DX));

    public static void Forward(ReductionForward s, CpuContext c)
    {
        switch (s.Reduction)
        {
            case Summation sum:
                Reduce.Sum(c.Pool, s.Plan, Scale(sum, s.Plan), c.Batch, c.Floats(s.X), c.Floats(s.Y));
                break;
            case ReduceMax:
                Reduce.Choose<Largest>(c.Pool, s.Plan, c.Batch, c.Floats(s.X), c.Floats(s.Y));
                break;
            case ReduceMin:
                Reduce.Choose<Smallest>(c.Pool, s.Plan, c.Batch, c.Floats(s.X), c.Floats(s.Y));
                break;
            default:
                throw new NotSupportedException($"The CPU backend has no kernel for {s.Reduction.Kind}.");
        }
    }

    public static void Backward(SummationBackward s, CpuContext c) =>
        Reduce.SumBackward(c.Pool, s.Plan, Scale(s.Reduction, s.Plan), c.Batch, c.Floats(s.DY), c.Floats(s.DX));

    public static void Backward(ChoiceBackward s, CpuContext c)
    {
        if (s.Reduction is ReduceMax)
            Backward<Largest>(s, c);
        else
            Backward<Smallest>(s, c);
    }

    private static void Backward<TChoice>(ChoiceBackward s, CpuContext c)
        where TChoice : struct, IChoice =>
        Reduce.ChooseBackward<TChoice>(
            c.Pool,
            s.Plan,
            c.Batch,
            c.Floats(s.X),
            c.Floats(s.Y),
            c.Floats(s.DY),
            c.Floats(s.DX)
        );

    private static double Scale(Summation sum, ReductionPlan plan) => sum.Scale(plan.ValuesOfResult);
}
