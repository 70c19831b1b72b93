using Evenkeel.Execution.Cpu;
using Evenkeel.Kernels.Reference;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Execution.Reference;

/// <summary>Steps that go element by element.</summary>
internal static partial class ReferenceBackend
{
    private static void AddElementwise()
    {
        Add<ActivationForward>((s, m) => m[s.Y] = Values(s.Function, m[s.X]));
        Add<ActivationBackward>((s, m) => m[s.DX] = Gradients(s.Function, m[s.Kept], m[s.DY]));
        Add<AddForward>((s, m) => m[s.Y] = Values(s.Fused, Zip(m[s.A], m[s.B], (a, b) => a + b)));
        Add<AccumulateGradient>((s, m) => m.Put(new(s.Target, true), m[s.Source]));
        Add<ArithmeticForward>((s, m) => m[s.Y] = Zip(m[s.A], m[s.B], OperationOf(s.Operation).Value));
        Add<ArithmeticBackward>(
            (s, m) =>
            {
                BinaryFunction operation = OperationOf(s.Operation);
                m[s.DA] = Zip(m[s.DY], Zip(m[s.A], m[s.B], operation.SlopeA), Times);
                m[s.DB] = Zip(m[s.DY], Zip(m[s.A], m[s.B], operation.SlopeB), Times);
            }
        );
        Add<DropoutStep>((s, m) => m[s.Y] = DropoutReference.Forward(s.Rate, s.Seed, m.Scalars.Draw, m[s.X]));
        Add<GaussianNoiseStep>(
            (s, m) => m[s.Y] = GaussianNoiseReference.Forward(s.Deviation, s.Seed, m.Scalars.Draw, m[s.X])
        );
        Add<MultiplyChannelsForward>(
            (s, m) =>
            {
                double[] factors = m[s.Factors];
                int channels = s.Shape.Channels;
                m[s.Y] = [.. m[s.X].Select((v, i) => v * factors[(i / s.Shape.Count * channels) + (i % channels)])];
            }
        );
    }

    private static double[] Values(UnaryFunction? function, double[] x)
    {
        double[] y = new double[x.Length];
        ActivationDispatch.Run(function, new ValueBody(x, y));
        return y;
    }

    private static double[] Gradients(UnaryFunction? function, double[] kept, double[] dy)
    {
        double[] slopes = new double[dy.Length];
        ActivationDispatch.Run(function, new SlopeBody(kept, slopes));
        return Zip(dy, slopes, Times);
    }

    private static double[] Zip(double[] a, double[] b, Func<double, double, double> f) => [.. a.Zip(b, f)];

    // What has no slope passes nothing on, not even infinity.
    private static double Times(double dy, double slope) => slope == 0 ? 0 : dy * slope;

    private static BinaryFunction OperationOf(Arithmetic operation) =>
        operation switch
        {
            Multiply => new((a, b) => a * b, (_, b) => b, (a, _) => a),
            Subtract => new((a, b) => a - b, (_, _) => 1, (_, _) => -1),
            Divide => new((a, b) => a / b, (_, b) => 1 / b, (a, b) => -a / (b * b)),
            Maximum => new(Math.Max, ShareOfLarger, (a, b) => ShareOfLarger(b, a)),
            Minimum => new(Math.Min, (a, b) => ShareOfLarger(b, a), ShareOfLarger),
            Raise => new(
                Math.Pow,
                (a, b) => b * Math.Pow(a, b - 1),
                (a, b) => a > 0 ? Math.Pow(a, b) * Math.Log(a) : 0
            ),
            _ => throw new NotSupportedException($"The reference device does not know {operation.Kind}."),
        };

    private static double ShareOfLarger(double a, double b) =>
        a > b ? 1
        : a < b ? 0
        : 0.5;

    private sealed record BinaryFunction(
        Func<double, double, double> Value,
        Func<double, double, double> SlopeA,
        Func<double, double, double> SlopeB
    );

    private readonly struct ValueBody(double[] x, double[] y) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation)
        {
            for (int i = 0; i < y.Length; i++)
                y[i] = ActivateReference.Value(activation, x[i]);
        }
    }

    private readonly struct SlopeBody(double[] kept, double[] slopes) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation)
        {
            for (int i = 0; i < slopes.Length; i++)
                slopes[i] = ActivateReference.Slope(activation, kept[i]);
        }
    }
}
