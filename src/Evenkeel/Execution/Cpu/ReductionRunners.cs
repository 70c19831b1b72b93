using Evenkeel.Kernels.Reduction;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

internal static class ReductionRunners
{
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
