using Evenkeel.Layers;
using Kernel = Evenkeel.Kernels.Loss;

namespace Evenkeel.Execution.Cpu;

/// <summary>Losses of values, of which each has a kernel.</summary>
internal static class ValueLossRunners
{
    public static void Forward(ValueLossForward s, CpuContext c)
    {
        switch (s.Rule)
        {
            case MeanSquaredError:
                Forward(s, c, new Kernel.SquaredError());
                break;
            case MeanAbsoluteError:
                Forward(s, c, new Kernel.AbsoluteError());
                break;
            case HuberLoss huber:
                Forward(s, c, new Kernel.HuberError((float)huber.Delta));
                break;
            case BinaryCrossEntropy:
                Forward(s, c, new Kernel.LogisticLoss());
                break;
            default:
                throw new NotSupportedException($"The CPU backend has no kernel for {s.Rule.Kind}.");
        }
    }

    public static void Backward(ValueLossBackward s, CpuContext c)
    {
        switch (s.Rule)
        {
            case MeanSquaredError:
                Backward(s, c, new Kernel.SquaredError());
                break;
            case MeanAbsoluteError:
                Backward(s, c, new Kernel.AbsoluteError());
                break;
            case HuberLoss huber:
                Backward(s, c, new Kernel.HuberError((float)huber.Delta));
                break;
            case BinaryCrossEntropy:
                Backward(s, c, new Kernel.LogisticLoss());
                break;
            default:
                throw new NotSupportedException($"The CPU backend has no kernel for {s.Rule.Kind}.");
        }
    }

    private static void Forward<TLoss>(ValueLossForward s, CpuContext c, TLoss loss)
        where TLoss : struct, Kernel.IPointwiseLoss =>
        Kernel.PointwiseLosses.Forward(c.Pool, loss, c.Floats(s.Output), c.Floats(s.Targets), c.Floats(s.Losses));

    private static void Backward<TLoss>(ValueLossBackward s, CpuContext c, TLoss loss)
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
