using Evenkeel.Layers;
using Kernel = Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Execution.Cpu;

internal static class ArithmeticRunners
{
    public static void Forward(ArithmeticForward s, CpuContext c)
    {
        switch (s.Operation)
        {
            case Multiply:
                Forward(new Kernel.Product(), s, c);
                break;
            case Subtract:
                Forward(new Kernel.Difference(), s, c);
                break;
            case Divide:
                Forward(new Kernel.Quotient(), s, c);
                break;
            case Maximum:
                Forward(new Kernel.Larger(), s, c);
                break;
            case Minimum:
                Forward(new Kernel.Smaller(), s, c);
                break;
            case Raise:
                Forward(new Kernel.Raised(), s, c);
                break;
            default:
                throw new NotSupportedException($"The CPU backend has no kernel for {s.Operation.Kind}.");
        }
    }

    public static void Backward(ArithmeticBackward s, CpuContext c)
    {
        switch (s.Operation)
        {
            case Multiply:
                Backward(new Kernel.Product(), s, c);
                break;
            case Subtract:
                Backward(new Kernel.Difference(), s, c);
                break;
            case Divide:
                Backward(new Kernel.Quotient(), s, c);
                break;
            case Maximum:
                Backward(new Kernel.Larger(), s, c);
                break;
            case Minimum:
                Backward(new Kernel.Smaller(), s, c);
                break;
            case Raise:
                Backward(new Kernel.Raised(), s, c);
                break;
            default:
                throw new NotSupportedException($"The CPU backend has no kernel for {s.Operation.Kind}.");
        }
    }

    private static void Forward<TOperation>(TOperation operation, ArithmeticForward s, CpuContext c)
        where TOperation : struct, Kernel.IArithmetic =>
        Kernel.Arithmetic.Forward(c.Pool, operation, c.Floats(s.A), c.Floats(s.B), c.Floats(s.Y));

    private static void Backward<TOperation>(TOperation operation, ArithmeticBackward s, CpuContext c)
        where TOperation : struct, Kernel.IArithmetic =>
        Kernel.Arithmetic.Backward(
            c.Pool,
            operation,
            c.Floats(s.A),
            c.Floats(s.B),
            c.Floats(s.DY),
            c.Floats(s.DA),
            c.Floats(s.DB)
        );
}
