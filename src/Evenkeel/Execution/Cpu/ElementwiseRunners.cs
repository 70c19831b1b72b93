using Evenkeel.Kernels.Elementwise;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Execution.Cpu;

/// <summary>Steps that go element by element, and response normalisation.</summary>
internal static class ElementwiseRunners
{
    public static void Forward(ActivationForward s, CpuContext c) =>
        ActivationDispatch.Run(s.Function, new ForwardBody(s, c));

    public static void Backward(ActivationBackward s, CpuContext c) =>
        ActivationDispatch.Run(s.Function, new BackwardBody(s, c));

    public static void AddUp(AddForward s, CpuContext c) => ActivationDispatch.Run(s.Fused, new AddBody(s, c));

    public static void Accumulate(AccumulateGradient s, CpuContext c) =>
        Sum.Add(c.Pool, c.Floats(s.Target), c.Floats(s.Source), c.Floats(s.Target));

    public static void Multiply(MultiplyChannelsForward s, CpuContext c) =>
        ChannelProduct.Run(
            c.Pool,
            s.Shape.Positions,
            s.Shape.Channels,
            c.Floats(s.X),
            c.Floats(s.Factors),
            c.Floats(s.Y)
        );

    public static void AddBias(AddChannelBias s, CpuContext c) => ChannelBias.Add(c.Pool, c.Floats(s.B), c.Floats(s.Y));

    public static void Drop(DropoutStep s, CpuContext c) =>
        Kernels.Elementwise.Dropout.Run(c.Pool, s.Rate, s.Seed, c.Scalars.Draw, c.Floats(s.X), c.Floats(s.Y));

    public static void AddNoise(GaussianNoiseStep s, CpuContext c) =>
        Kernels.Elementwise.GaussianNoise.Run(
            c.Pool,
            s.Deviation,
            s.Seed,
            c.Scalars.Draw,
            c.Floats(s.X),
            c.Floats(s.Y)
        );

    public static void Forward(LocalResponseForward s, CpuContext c) =>
        Kernels.Norm.LocalResponseNorm.Forward(
            c.Pool,
            c.Batch * s.Shape.Positions,
            s.Shape.Channels,
            WindowOf(s.Norm),
            c.Floats(s.X),
            c.Floats(s.Y)
        );

    public static void Backward(LocalResponseBackward s, CpuContext c) =>
        Kernels.Norm.LocalResponseNorm.Backward(
            c.Pool,
            c.Batch * s.Shape.Positions,
            s.Shape.Channels,
            WindowOf(s.Norm),
            c.Floats(s.X),
            c.Floats(s.Y),
            c.Floats(s.DY),
            c.Floats(s.DX)
        );

    private static Kernels.Norm.ResponseWindow WindowOf(LocalResponseNorm norm) =>
        new(norm.Size, norm.Alpha, norm.Beta, norm.K);

    private readonly struct ForwardBody(ActivationForward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            Activate.Forward(c.Pool, activation, c.Floats(s.X), c.Floats(s.Y));
    }

    private readonly struct BackwardBody(ActivationBackward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            Activate.Backward(c.Pool, activation, c.Floats(s.Kept), c.Floats(s.DY), c.Floats(s.DX));
    }

    private readonly struct AddBody(AddForward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            Sum.Add(c.Pool, activation, c.Floats(s.A), c.Floats(s.B), c.Floats(s.Y));
    }
}
