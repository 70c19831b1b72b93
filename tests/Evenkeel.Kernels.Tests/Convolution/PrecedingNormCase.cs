using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Threading;
using GuardedFloats = Evenkeel.Kernels.Tests.Linear.GuardedFloats;

namespace Evenkeel.Kernels.Tests.Convolution;

/// <summary>A normalisation whose output is some channels of the convolution's input.</summary>
internal sealed record NormPart(int First, int Channels, GuardedFloats X, GuardedFloats Y, GuardedFloats Coefficients)
{
    // Sums of all channels hold those of each part together.
    public Span<double> SumsIn(double[] sums) => sums.AsSpan(2 * First, 2 * Channels);
}

internal readonly struct NormParts<TAct>(NormPart[] parts, double[] sums) : IPrecedingNorms<TAct>
    where TAct : struct, IActivation
{
    public int Count => parts.Length;

    public PrecedingNorm<TAct> this[int index]
    {
        get
        {
            NormPart part = parts[index];
            return new(
                default,
                part.X.Span,
                part.Y.Span[Math.Max(0, part.First)..],
                new NormCoefficients(part.Coefficients.Span),
                sums.AsSpan(2 * Math.Max(0, part.First), 2 * part.Channels),
                part.First
            );
        }
    }
}

/// <summary>A convolution behind normalisations with ReLU.</summary>
internal sealed unsafe class PrecedingNormCase : IDisposable
{
    private readonly ConvolutionCase _convolution;
    private readonly GuardedFloats _y;

    public PrecedingNormCase(
        in ConvolutionShape shape,
        int batch,
        Func<int, int, GuardedFloats> values,
        ConvolutionMethod method,
        bool parted
    )
    {
        _convolution = new ConvolutionCase(shape, batch, values) { Method = method };
        _y = new GuardedFloats(X.Length);
        for (int i = 0; i < X.Length; i++)
            _y.Span[i] = Math.Max(0, Normalized(i));
        Parts = [.. Ranges(shape.InputChannels, parted).Select(r => PartOf(r.First, r.End - r.First))];
    }

    public ConvolutionShape Shape => _convolution.Shape;

    public int Batch => _convolution.Batch;

    public GuardedFloats X => _convolution.X;

    public GuardedFloats W => _convolution.W;

    public GuardedFloats Dy => _convolution.Y;

    public NormPart[] Parts { get; }

    public (double[] Dx, double[] Sums) Expected(string kind, bool keeps)
    {
        double[] dx = _convolution.Expected(kind),
            sums = new double[2 * Shape.InputChannels];
        foreach (NormPart part in Parts)
        {
            Span<double> to = part.SumsIn(sums);
            for (int i = 0; i < part.X.Length; i++)
            {
                int own = i % part.Channels,
                    at = (i / part.Channels * Shape.InputChannels) + part.First + own;
                double d = Normalized(at) > 0 ? dx[at] : 0;
                to[own] += d;
                to[part.Channels + own] += d * (X.Span[at] - Center(part.First + own));
                dx[at] = keeps ? d : dx[at];
            }
        }

        return (dx, sums);
    }

    /// <summary>The sums of gradients that passed the activation.</summary>
    public double[] SumsOf(float[] d)
    {
        double[] sums = new double[2 * Shape.InputChannels];
        foreach (NormPart part in Parts)
        {
            Span<double> to = part.SumsIn(sums);
            for (int i = 0; i < part.X.Length; i++)
            {
                int own = i % part.Channels;
                double value = d[(i / part.Channels * Shape.InputChannels) + part.First + own];
                to[own] += value;
                to[part.Channels + own] += value * (part.X.Span[i] - Center(part.First + own));
            }
        }

        return sums;
    }

    public (float[] Dx, double[] Sums) Run<TVec, TLanes>(string kind, bool keeps, WorkerPool pool)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        using GuardedFloats dx = kind == "add" ? GuardedFloats.Whole(X.Length, 5) : new GuardedFloats(X.Length);
        double[] sums = new double[2 * Shape.InputChannels];
        var (relu, fromOutput) = (new Relu(), FromOutput<Relu>.Require(new Relu()));
        PrecedingNormOperands* parts = stackalloc PrecedingNormOperands[Parts.Length];
        fixed (double* to = sums)
        {
            for (int i = 0; i < Parts.Length; i++)
                parts[i] = OperandsOf(Parts[i], to);
            var norms = new PrecedingNormsOperands
            {
                Kernel = keeps
                    ? &TileGradientSums<FromOutput<Relu>, KeptGradient, TVec, TLanes>.Run
                    : &TileGradientSums<Relu, SumsOnly, TVec, TLanes>.Run,
                Activation = keeps ? Unsafe.AsPointer(ref fromOutput) : Unsafe.AsPointer(ref relu),
                Gradient = dx.Data,
                Channels = Shape.InputChannels,
                Norms = parts,
                Count = Parts.Length,
            };
            ConvolutionOperands operands = _convolution.Operands(kind, dx);
            InputGradient<TVec, TLanes>.Run(pool, operands, kind == "add", &norms);
        }

        dx.AssertCanaries();
        return (dx.Span.ToArray(), sums);
    }

    public void Dispose()
    {
        foreach (NormPart part in Parts)
        {
            part.X.Dispose();
            part.Coefficients.Dispose();
        }

        _convolution.Dispose();
        _y.Dispose();
    }

    // All channels, or three ranges that begin anywhere, out of order; a channel between them belongs to none.
    private static (int First, int End)[] Ranges(int channels, bool parted)
    {
        int second = (channels + 2) / 3,
            third = ((2 * channels) + 2) / 3;
        return parted && channels > 2
            ? [(third, channels), (0, channels > 3 ? second - 1 : second), (second, third)]
            : [(0, channels)];
    }

    private static PrecedingNormOperands OperandsOf(NormPart part, double* sums) =>
        new()
        {
            X = part.X.Data,
            Y = part.Y.Data + part.First,
            Center = part.Coefficients.Data,
            Scale = part.Coefficients.Data + part.Channels,
            Shift = part.Coefficients.Data + (2 * part.Channels),
            Sums = sums + (2 * part.First),
            FirstChannel = part.First,
            Channels = part.Channels,
        };

    private NormPart PartOf(int first, int channels)
    {
        var x = new GuardedFloats(X.Length / Shape.InputChannels * channels);
        var coefficients = new GuardedFloats(3 * channels);
        for (int i = 0; i < x.Length; i++)
            x.Span[i] = X.Span[(i / channels * Shape.InputChannels) + first + (i % channels)];
        for (int i = 0; i < channels; i++)
        {
            coefficients.Span[i] = Center(first + i);
            coefficients.Span[channels + i] = Scale(first + i);
            coefficients.Span[(2 * channels) + i] = Shift(first + i);
        }

        return new NormPart(first, channels, x, _y, coefficients);
    }

    // Whole numbers, so that sums of whole numbers are exact.
    private static float Center(int channel) => (channel % 3) - 1;

    private static float Scale(int channel) => channel % 4 == 0 ? -1 : 2;

    private static float Shift(int channel) => (channel % 5) - 2;

    private float Normalized(int i)
    {
        int channel = i % Shape.InputChannels;
        return ((X.Span[i] - Center(channel)) * Scale(channel)) + Shift(channel);
    }
}
