using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Convolution.Weights;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;
using Conv = Evenkeel.Kernels.Convolution.Convolution;
using GuardedFloats = Evenkeel.Kernels.Tests.Linear.GuardedFloats;

namespace Evenkeel.Kernels.Tests.Convolution;

/// <summary>Convolutions that normalise their input while they read it, held to the bits of a normalisation and a convolution.</summary>
public sealed class NormalizedConvolutionTests
{
    private static IEnumerable<(ConvolutionShape Shape, int Batch, ConvolutionMethod Method)> Small =>
        [
            .. ConvolutionShapes.Small.Select(s => (s.Shape, s.Batch, ConvolutionMethod.Direct)),
            .. WinogradShapes.Small.Select(s => (s.Shape, s.Batch, ConvolutionMethod.FourPoints)),
            .. WinogradShapes.Small.Select(s => (s.Shape, s.Batch, ConvolutionMethod.SixPoints)),
            .. WinogradShapes.Taps.Select(s => (s.Shape, s.Batch, ConvolutionMethod.SixPoints)),
            .. WinogradShapes.Large.Select(s => (s.Shape, s.Batch, ConvolutionMethod.EightPoints)),
        ];

    private static IEnumerable<(ConvolutionShape Shape, int Batch)> Layers =>
        ConvolutionShapes.Layers.Concat(WinogradShapes.Layers).Where(s => s.Shape.Groups == 1);

    // Whole numbers: the sums of a weight are taken in another order where the input is copied.
    [Fact]
    public void Every_shape_has_the_bits_of_two_steps_on_every_width()
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch, ConvolutionMethod method) in Small.Where(s => s.Shape.Groups == 1))
        {
            AssertSame<Vector512<float>, Lanes16>(shape, batch, method, pool);
            AssertSame<Vector256<float>, Lanes8>(shape, batch, method, pool);
            AssertSame<Vector128<float>, Lanes4>(shape, batch, method, pool);
            AssertSame<float, Lanes1>(shape, batch, method, pool);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void Layers_have_the_bits_of_two_steps_on_any_threads(int threads)
    {
        using var pool = new WorkerPool(threads);
        foreach ((ConvolutionShape shape, int batch) in Layers)
        {
            using var pair = new NormalizedCase<LeakyRelu>(shape, batch, GuardedFloats.Uniform, new LeakyRelu(0.25f));
            float[] y = new float[pair.Plain.Y.Length],
                expectedY = new float[y.Length],
                dw = new float[pair.Plain.W.Length],
                expectedDw = new float[dw.Length];
            double[] memory = new double[ChannelMoments.Length(shape.OutputChannels)],
                expectedMemory = new double[memory.Length];
            ChannelMoments moments = new(memory),
                expectedMoments = new(expectedMemory);
            Conv.ForwardWithStatistics(pool, shape, batch, pair.Norm, pair.Plain.W.Span, y, moments);
            Conv.ForwardWithStatistics(
                pool,
                shape,
                batch,
                pair.Plain.X.Span,
                pair.Plain.W.Span,
                expectedY,
                expectedMoments
            );
            Assert.Equal(expectedY, y);
            Assert.Equal(expectedMemory, memory);
            Conv.Forward(pool, shape, batch, pair.Norm, pair.Plain.W.Span, y);
            Assert.Equal(expectedY, y);
            Conv.GradientToWeights(pool, shape, batch, pair.Norm, pair.Plain.Y.Span, dw);
            Conv.GradientToWeights(pool, shape, batch, pair.Plain.X.Span, pair.Plain.Y.Span, expectedDw);
            // Both are sums of so many products below 4, rounded in another order.
            double most = batch * shape.Positions * 4 * Math.Pow(2, -22);
            for (int i = 0; i < dw.Length; i++)
                Assert.InRange(dw[i] - expectedDw[i], -most, most);
        }
    }

    [Fact]
    public void What_cannot_be_right_is_refused()
    {
        ConvolutionShape shape = ConvolutionShapes.Square(4, 4, 2, 3, 1);
        float[] y = new float[shape.Positions * 2];
        AssertRefused("4 groups", shape with { Groups = 4, OutputChannels = 4 }, new float[64], 4, y, 9 * 4);
        AssertRefused("Center.Length is 3", shape, new float[64], 3, y, 9 * 8);
        AssertRefused("x holds 63 floats", shape, new float[63], 4, y, 9 * 8);
    }

    private static void AssertRefused(string said, ConvolutionShape shape, float[] x, int channels, float[] y, int w)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
        {
            using WorkerPool pool = WorkerPool.Serial();
            var norm = new NormalizedInput<Relu>(default, x, new(new float[3 * channels]));
            Conv.Forward(pool, shape, 1, norm, new float[w], new float[shape.Positions * shape.OutputChannels]);
        });
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    private static void AssertSame<TVec, TLanes>(
        in ConvolutionShape shape,
        int batch,
        ConvolutionMethod method,
        WorkerPool pool
    )
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        using var pair = new NormalizedCase<Relu>(shape, batch, GuardedFloats.Whole, default) { Method = method };
        foreach (string kind in new[] { "forward", "weights" })
        {
            float[] expected = pair.RunPlain<TVec, TLanes>(kind, pool),
                made = pair.RunNormalized<TVec, TLanes>(kind, pool);
            if (!made.AsSpan().SequenceEqual(expected))
                Assert.Fail($"{typeof(TLanes).Name} {method} {kind}, batch {batch}, {shape} has other bits.");
        }
    }
}

/// <summary>A convolution of normalised values, and the normalisation.</summary>
internal sealed unsafe class NormalizedCase<TAct> : IDisposable
    where TAct : struct, IActivation
{
    private readonly TAct _act;
    private readonly GuardedFloats _x;
    private readonly GuardedFloats _coefficients;

    public NormalizedCase(in ConvolutionShape shape, int batch, Func<int, int, GuardedFloats> values, TAct act)
    {
        _act = act;
        Plain = new ConvolutionCase(shape, batch, values);
        _x = values(Plain.X.Length, 7);
        _coefficients = values(NormCoefficients.Length(shape.InputChannels), 8);
        using WorkerPool serial = WorkerPool.Serial();
        NormShape norm = new(batch * shape.Height * shape.Width, shape.InputChannels);
        Normalize.Run(serial, act, norm, _x.Span, new NormCoefficients(_coefficients.Span), Plain.X.Span);
    }

    public ConvolutionMethod Method { get; init; }

    /// <summary>The convolution of the normalised values.</summary>
    public ConvolutionCase Plain { get; }

    /// <summary>The normalisation in front of it.</summary>
    public NormalizedInput<TAct> Norm => new(_act, _x.Span, new(_coefficients.Span));

    public float[] RunPlain<TVec, TLanes>(string kind, WorkerPool pool)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec> => Run<TVec, TLanes>(kind, null, pool);

    public float[] RunNormalized<TVec, TLanes>(string kind, WorkerPool pool)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        InputNorm norm;
        TAct act = _act;
        int channels = Plain.Shape.InputChannels;
        norm.Kernel = &NormalizedPixels<TAct, TVec, TLanes>.Run;
        norm.Activation = Unsafe.AsPointer(ref act);
        norm.Center = _coefficients.Data;
        norm.Scale = _coefficients.Data + channels;
        norm.Shift = _coefficients.Data + (2 * channels);
        norm.Channels = channels;
        return Run<TVec, TLanes>(kind, &norm, pool);
    }

    public void Dispose()
    {
        Plain.Dispose();
        _x.Dispose();
        _coefficients.Dispose();
    }

    private float[] Run<TVec, TLanes>(string kind, InputNorm* norm, WorkerPool pool)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        using GuardedFloats result = new(kind == "weights" ? Plain.W.Length : Plain.Y.Length);
        result.Span.Fill(float.NaN);
        ConvolutionOperands operands = Plain.Operands(kind, result);
        operands.Method = Method;
        operands.Norm = norm;
        if (norm != null)
            operands.X = _x.Data;
        if (kind == "weights")
            WeightGradient<TVec, TLanes>.Run(pool, operands);
        else
            ForwardConvolution<TVec, TLanes>.Run(pool, default(Identity), operands, null);
        result.AssertCanaries();
        return result.Span.ToArray();
    }
}
