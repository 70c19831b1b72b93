using Evenkeel.Layers;
using Kernel = Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Execution.Cpu;

internal static class ArithmeticRunners
{
    public static void Forward(ArithmeticForward s, CpuContext c) => Run(s.Operation, new ForwardBody(s, c));

    public static void Backward(ArithmeticBackward s, CpuContext c) => Run(s.Operation, new BackwardBody(s, c));

    private static void Run<TBody>(Arithmetic operation, TBody body)
        where TBody : struct, IBody
    {
        switch (operation)
        {
            case Multiply:
                body.Run(new Kernel.Product());
                break;
            case Subtract:
                body.Run(new Kernel.Difference());
                break;
            case Divide:
                body.Run(new Kernel.Quotient());
                break;
            case Maximum:
                body.Run(new Kernel.Larger());
                break;
            case Minimum:
                body.Run(new Kernel.Smaller());
                break;
            case Raise:
                body.Run(new Kernel.Raised());
                break;
            default:
                throw new NotSupportedException($"The CPU backend has no kernel for {operation.Kind}.");
        }
    }

    private interface IBody
    {
        void Run<TOperation>(TOperation operation)
            where TOperation : struct, Kernel.IArithmetic;
    }

    private readonly struct ForwardBody(ArithmeticForward s, CpuContext c) : IBody
    {
        void IBody.Run<TOperation>(TOperation operation) =>
            Kernel.Arithmetic.Forward(c.Pool, operation, c.Floats(s.A), c.Floats(s.B), c.Floats(s.Y));
    }

    private readonly struct BackwardBody(ArithmeticBackward s, CpuContext c) : IBody
    {
        void IBody.Run<TOperation>(TOperation operation)
        {
            ReadOnlySpan<float> a = c.Floats(s.A),
                b = c.Floats(s.B),
                dy = c.Floats(s.DY);
            Kernel.Arithmetic.Backward(c.Pool, operation, a, b, dy, c.Floats(s.DA), c.Floats(s.DB));
        }
    }
}
