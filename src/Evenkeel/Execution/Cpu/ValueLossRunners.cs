using Evenkeel.Layers;
using Kernel = Evenkeel.Kernels.Loss;

namespace Evenkeel.Execution.Cpu;

/// <summary>Losses of values, of which each has a kernel.</summary>
internal static class ValueLossRunners
{
    private interface IBody
    {
        void Run<TLoss>(TLoss loss)
            where TLoss : struct, Kernel.IPointwiseLoss;
    }

    public static void Forward(ValueLossForward s, CpuContext c) => Run(s.Rule, new ForwardBody(s, c));

    public static void Backward(ValueLossBackward s, CpuContext c) => Run(s.Rule, new BackwardBody(s, c));

    // From a loss's record to the kernel's struct: the one place that knows both.
    private static void Run<TBody>(ValueLoss rule, TBody body)
        where TBody : struct, IBody
    {
        switch (rule)
        {
            case MeanSquaredError:
                body.Run(new Kernel.SquaredError());
                break;
            case MeanAbsoluteError:
                body.Run(new Kernel.AbsoluteError());
                break;
            case HuberLoss huber:
                body.Run(new Kernel.HuberError((float)huber.Delta));
                break;
            case BinaryCrossEntropy:
                body.Run(new Kernel.LogisticLoss());
                break;
            default:
                throw new NotSupportedException($"The CPU backend has no kernel for {rule.Kind}.");
        }
    }

    private readonly struct ForwardBody(ValueLossForward s, CpuContext c) : IBody
    {
        public void Run<TLoss>(TLoss loss)
            where TLoss : struct, Kernel.IPointwiseLoss =>
            Kernel.PointwiseLosses.Forward(c.Pool, loss, c.Floats(s.Output), c.Floats(s.Targets), c.Floats(s.Losses));
    }

    private readonly struct BackwardBody(ValueLossBackward s, CpuContext c) : IBody
    {
        public void Run<TLoss>(TLoss loss)
            where TLoss : struct, Kernel.IPointwiseLoss =>
            Kernel.PointwiseLosses.Backward(
                c.Pool,
                loss,
                c.Floats(s.Output),
                c.Floats(s.Targets),
                (float)(1 / Math.Max(1, (double)c.Total * s.Values)),
                c.Floats(s.DOutput)
            );
    }
}
