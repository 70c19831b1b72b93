using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Convolution.Depthwise;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Cpu;

/// <summary>Convolution steps; one whose groups are single channels has kernels of its own.</summary>
internal static class ConvolutionRunners
{
    public static void Forward(ConvolutionForward s, CpuContext c)
    {
        if (c.Packed?.Of(s.W) is { } packed)
            Convolution.ForwardPacked(
                c.Pool,
                default(Identity),
                c.Batch * s.Pass.Frames,
                c.Floats(s.X),
                packed,
                [],
                c.Floats(s.Y),
                s.Pass.Shape.OutputChannels
            );
        else if (s.Pass.Shape.IsDepthwise)
            DepthwiseConvolution.Forward(
                c.Pool,
                s.Pass.Shape,
                c.Batch * s.Pass.Frames,
                c.Floats(s.X),
                c.Floats(s.W),
                c.Floats(s.Y)
            );
        else
            Convolution.Forward(
                c.Pool,
                s.Pass.Shape,
                c.Batch * s.Pass.Frames,
                c.Floats(s.X),
                c.Floats(s.W),
                c.Floats(s.Y)
            );
    }

    public static void ForwardWithBias(ConvolutionBiasForward s, CpuContext c) =>
        ActivationDispatch.Run(s.Activation, new BiasBody(s, c));

    public static void ForwardWithStatistics(ConvolutionStatisticsForward s, CpuContext c) =>
        Convolution.ForwardWithStatistics(
            c.Pool,
            s.Pass.Shape,
            c.Batch * s.Pass.Frames,
            c.Floats(s.X),
            c.Floats(s.W),
            c.Floats(s.Y),
            new ChannelMoments(c.Doubles(s.Moments))
        );

    public static void BeforeActivation(ActivationBiasBackward s, CpuContext c) =>
        ActivationDispatch.Run(s.Activation, new BeforeBody(s, c));

    public static void GradientToInput(ConvolutionGradientToInput s, CpuContext c)
    {
        Span<float> dy = c.Floats(s.DY),
            w = c.Floats(s.W),
            dx = c.Floats(s.DX);
        switch (s.Pass.Shape.IsDepthwise, s.DX.Accumulates)
        {
            case (true, true):
                DepthwiseConvolution.AddGradientToInput(c.Pool, s.Pass.Shape, c.Batch * s.Pass.Frames, dy, w, dx);
                break;
            case (true, false):
                DepthwiseConvolution.GradientToInput(c.Pool, s.Pass.Shape, c.Batch * s.Pass.Frames, dy, w, dx);
                break;
            case (false, true):
                Convolution.AddGradientToInput(c.Pool, s.Pass.Shape, c.Batch * s.Pass.Frames, dy, w, dx);
                break;
            default:
                Convolution.GradientToInput(c.Pool, s.Pass.Shape, c.Batch * s.Pass.Frames, dy, w, dx);
                break;
        }
    }

    public static void GradientToWeights(ConvolutionGradientToWeights s, CpuContext c)
    {
        if (s.Pass.Shape.IsDepthwise)
            DepthwiseConvolution.GradientToWeights(
                c.Pool,
                s.Pass.Shape,
                c.Batch * s.Pass.Frames,
                c.Floats(s.X),
                c.Floats(s.DY),
                c.Floats(s.DW)
            );
        else
            Convolution.GradientToWeights(
                c.Pool,
                s.Pass.Shape,
                c.Batch * s.Pass.Frames,
                c.Floats(s.X),
                c.Floats(s.DY),
                c.Floats(s.DW)
            );
    }

    private readonly struct BiasBody(ConvolutionBiasForward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation)
        {
            Span<float> x = c.Floats(s.X),
                w = c.Floats(s.W),
                b = c.Floats(s.B),
                y = c.Floats(s.Y);
            int stride = c.Stride(s.Y, s.Pass.Shape.OutputChannels);
            if (c.Packed?.Of(s.W) is { } packed)
                Convolution.ForwardPacked(c.Pool, activation, c.Batch * s.Pass.Frames, x, packed, b, y, stride);
            else if (s.Pass.Shape.IsDepthwise)
                DepthwiseConvolution.ForwardWithBias(
                    c.Pool,
                    activation,
                    s.Pass.Shape,
                    c.Batch * s.Pass.Frames,
                    x,
                    new(w, b),
                    y,
                    stride
                );
            else
                Convolution.ForwardWithBias(
                    c.Pool,
                    activation,
                    s.Pass.Shape,
                    c.Batch * s.Pass.Frames,
                    x,
                    new(w, b),
                    y,
                    stride
                );
        }
    }

    private readonly struct BeforeBody(ActivationBiasBackward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            ActivationBias.Backward(
                c.Pool,
                activation,
                c.Batch * s.Positions,
                s.Channels,
                new(c.Floats(s.Y), c.Stride(s.Y, s.Channels)),
                new(c.Floats(s.DY), c.Stride(s.DY, s.Channels)),
                c.Floats(s.DZ),
                c.Floats(s.DB)
            );
    }
}
