using System.Collections.Immutable;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Convolution.Depthwise;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Execution.Cpu;

/// <summary>Convolution steps; one whose groups are single channels has kernels of its own.</summary>
internal static class ConvolutionRunners
{
    public static void Forward(ConvolutionForward s, CpuContext c)
    {
        if (s.Norm is { } norm)
        {
            ActivationDispatch.Run(norm.Site.Fused, new NormalizedForward(s, norm, c));
            return;
        }

        ConvolutionShape shape = s.Pass.Shape;
        int images = c.Batch * s.Pass.Frames;
        Span<float> x = c.Floats(s.X),
            w = c.Floats(s.W),
            y = c.Floats(s.Y);
        if (c.Packed?.Of(s.W, shape) is { } packed)
            Convolution.ForwardPacked(c.Pool, default(Identity), images, x, packed, [], y, shape.OutputChannels);
        else if (shape.IsDepthwise)
            DepthwiseConvolution.Forward(c.Pool, shape, images, x, w, y);
        else
            Convolution.Forward(c.Pool, shape, images, x, w, y);
    }

    public static void ForwardWithBias(ConvolutionBiasForward s, CpuContext c) =>
        ActivationDispatch.Run(s.Activation, new BiasBody(s, c));

    public static void ForwardWithStatistics(ConvolutionStatisticsForward s, CpuContext c)
    {
        var moments = new ChannelMoments(c.Doubles(s.Moments));
        int images = c.Batch * s.Pass.Frames;
        // A slice of a small batch may be empty.
        if (images == 0)
            moments.Clear();
        else if (s.Norm is { } norm)
            ActivationDispatch.Run(norm.Site.Fused, new NormalizedStatistics(s, norm, c));
        else
            Convolution.ForwardWithStatistics(
                c.Pool,
                s.Pass.Shape,
                images,
                c.Floats(s.X),
                c.Floats(s.W),
                c.Floats(s.Y),
                moments
            );
    }

    public static void BeforeActivation(ActivationBiasBackward s, CpuContext c) =>
        ActivationDispatch.Run(s.Activation, new BeforeBody(s, c));

    public static void GradientToInput(ConvolutionGradientToInput s, CpuContext c)
    {
        int images = c.Batch * s.Pass.Frames;
        Span<float> dy = c.Floats(s.DY),
            w = c.Floats(s.W),
            dx = c.Floats(s.DX);
        if (s.Pass.Shape.IsDepthwise)
            DepthwiseConvolution.GradientToInput(c.Pool, s.Pass.Shape, images, dy, w, dx, s.DX.Accumulates);
        else
            Convolution.GradientToInput(c.Pool, s.Pass.Shape, images, dy, w, dx, s.DX.Accumulates);
    }

    public static void GradientWithSums(ConvolutionSumsStep s, CpuContext c) =>
        ActivationDispatch.Run(s.Norms[0].Norm.Site.Fused, new SumsBody(s, c));

    public static void GradientToWeights(ConvolutionGradientToWeights s, CpuContext c)
    {
        if (s.Norm is { } norm)
        {
            ActivationDispatch.Run(norm.Site.Fused, new NormalizedWeights(s, norm, c));
            return;
        }

        int images = c.Batch * s.Pass.Frames;
        Span<float> x = c.Floats(s.X),
            dy = c.Floats(s.DY),
            dw = c.Floats(s.DW);
        if (s.Pass.Shape.IsDepthwise)
            DepthwiseConvolution.GradientToWeights(c.Pool, s.Pass.Shape, images, x, dy, dw);
        else
            Convolution.GradientToWeights(c.Pool, s.Pass.Shape, images, x, dy, dw);
    }

    private readonly struct NormalizedForward(ConvolutionForward s, NormalizeForward norm, CpuContext c)
        : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            Convolution.Forward(
                c.Pool,
                s.Pass.Shape,
                c.Batch * s.Pass.Frames,
                c.Normalized(norm, activation),
                c.Floats(s.W),
                c.Floats(s.Y)
            );
    }

    private readonly struct NormalizedStatistics(ConvolutionStatisticsForward s, NormalizeForward norm, CpuContext c)
        : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            Convolution.ForwardWithStatistics(
                c.Pool,
                s.Pass.Shape,
                c.Batch * s.Pass.Frames,
                c.Normalized(norm, activation),
                c.Floats(s.W),
                c.Floats(s.Y),
                new ChannelMoments(c.Doubles(s.Moments))
            );
    }

    private readonly struct NormalizedWeights(ConvolutionGradientToWeights s, NormalizeForward norm, CpuContext c)
        : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation) =>
            Convolution.GradientToWeights(
                c.Pool,
                s.Pass.Shape,
                c.Batch * s.Pass.Frames,
                c.Normalized(norm, activation),
                c.Floats(s.DY),
                c.Floats(s.DW)
            );
    }

    private readonly struct BiasBody(ConvolutionBiasForward s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation)
        {
            ConvolutionShape shape = s.Pass.Shape;
            int images = c.Batch * s.Pass.Frames,
                stride = c.Stride(s.Y, shape.OutputChannels);
            Span<float> x = c.Floats(s.X),
                w = c.Floats(s.W),
                b = c.Floats(s.B),
                y = c.Floats(s.Y);
            if (c.Packed?.Of(s.W, shape) is { } packed)
                Convolution.ForwardPacked(c.Pool, activation, images, x, packed, b, y, stride);
            else if (shape.IsDepthwise)
                DepthwiseConvolution.ForwardWithBias(c.Pool, activation, shape, images, x, new(w, b), y, stride);
            else
                Convolution.ForwardWithBias(c.Pool, activation, shape, images, x, new(w, b), y, stride);
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

    private readonly struct SumsBody(ConvolutionSumsStep s, CpuContext c) : IActivationBody
    {
        void IActivationBody.Run<TAct>(TAct activation)
        {
            ConvolutionGradientToInput g = s.Gradient;
            ConvolutionShape shape = g.Pass.Shape;
            int images = c.Batch * g.Pass.Frames;
            Span<float> dy = c.Floats(g.DY),
                w = c.Floats(g.W),
                dx = c.Floats(g.DX);
            bool adds = g.DX.Accumulates;
            var norms = new PrecedingNorms<TAct>(activation, s.Norms, c);
            if (s is ConvolutionResidualSums)
                Convolution.GradientToResidual<TAct, PrecedingNorms<TAct>>(
                    c.Pool,
                    shape,
                    images,
                    dy,
                    w,
                    dx,
                    adds,
                    norms
                );
            else
                Convolution.GradientToInput<TAct, PrecedingNorms<TAct>>(c.Pool, shape, images, dy, w, dx, adds, norms);
        }
    }

    private readonly struct PrecedingNorms<TAct>(TAct activation, ImmutableArray<NormSums> norms, CpuContext c)
        : IPrecedingNorms<TAct>
        where TAct : struct, IActivation
    {
        public int Count => norms.Length;

        public PrecedingNorm<TAct> this[int index]
        {
            get
            {
                (NormBackward norm, BufferId sums) = norms[index];
                return new(
                    activation,
                    c.Floats(norm.X),
                    norm.Y is { } y ? c.Floats(y) : default,
                    new NormCoefficients(c.Floats(norm.Coefficients)),
                    c.Doubles(sums),
                    c.FirstChannel(norm.DY)
                );
            }
        }
    }
}
