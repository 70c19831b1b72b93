using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;
using Conv = Evenkeel.Kernels.Convolution.Convolution;
using GuardedFloats = Evenkeel.Kernels.Tests.Linear.GuardedFloats;

namespace Evenkeel.Kernels.Tests.Convolution;

public sealed unsafe class ConvolutionStatisticsTests
{
    [Fact]
    public void Mean_and_variance_are_those_of_the_output_on_every_width()
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in ConvolutionShapes.Small)
            AssertStatistics(shape, batch, ConvolutionMethod.ByShape, pool);
    }

    [Fact]
    public void Mean_and_variance_are_those_of_the_output_with_fewer_multiplications()
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Small)
            AssertStatistics(shape, batch, ConvolutionMethod.FourPoints, pool);
    }

    // Large tiles round, so the moments are held to what was written.
    [Theory]
    [InlineData(6)]
    [InlineData(8)]
    public void Mean_and_variance_are_those_of_the_output_by_large_tiles(int points)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Large.Where(s => s.Batch > 0))
        {
            using var convolution = new ConvolutionCase(shape, batch, GuardedFloats.Whole)
            {
                Method = WinogradShapes.Method(points),
            };
            using var y = new GuardedFloats(convolution.Y.Length);
            (double[] means, double[] variances) = Run<Vector512<float>, Lanes16>(convolution, pool, y);
            (double[] exactMeans, double[] exactVariances) = BatchNormReference.Statistics(
                y.Length / shape.OutputChannels,
                shape.OutputChannels,
                [.. y.Span.ToArray().Select(v => (double)v)]
            );
            for (int channel = 0; channel < means.Length; channel++)
            {
                // Sums of at most 14 floats in float, of all in double.
                double scale = 1e-6 * (1 + Math.Abs(exactMeans[channel]) + exactVariances[channel]);
                Assert.InRange(means[channel] - exactMeans[channel], -scale, scale);
                Assert.InRange(variances[channel] - exactVariances[channel], -scale, scale);
            }
        }
    }

    // Outputs of a 1x1 kernel with weight 1 on one channel are the inputs, so their mean and deviation can be chosen.
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(-10000)]
    public void A_mean_far_from_zero_costs_no_precision(float mean)
    {
        using var pool = new WorkerPool(2);
        ConvolutionShape shape = ConvolutionShapes.Square(31, 1, 1, 1, 1);
        using GuardedFloats x = GuardedFloats.Uniform((int)(40 * shape.InputImage), 1);
        foreach (ref float value in x.Span)
            value += mean;
        using var y = new GuardedFloats(x.Length);
        var moments = new ChannelMoments(new double[3]);
        Conv.ForwardWithStatistics(pool, shape, 40, x.Span, [1f], y.Span, moments);
        Assert.Equal(x.Length, moments.Count);
        (double[] exactMean, double[] exactVariance) = BatchNormReference.Statistics(
            x.Length,
            1,
            [.. x.Span.ToArray().Select(v => (double)v)]
        );

        // Sums of 14 squares of deviations in float: a few roundings of 6e-8 each, whatever the mean.
        Assert.InRange(moments.M2[0] / moments.Count / exactVariance[0], 1 - 1e-6, 1 + 1e-6);
        Assert.InRange(moments.Mean[0] - exactMean[0], -1e-6, 1e-6);
    }

    // The outputs are rounded in the proportion of the mean; their statistics are those of what was rounded.
    [Theory]
    [InlineData(0, 4)]
    [InlineData(100, 4)]
    [InlineData(-10000, 4)]
    [InlineData(0, 6)]
    [InlineData(100, 6)]
    [InlineData(-10000, 6)]
    [InlineData(0, 8)]
    [InlineData(100, 8)]
    [InlineData(-10000, 8)]
    public void A_mean_far_from_zero_costs_no_precision_with_fewer_multiplications(float mean, int points)
    {
        using var pool = new WorkerPool(2);
        ConvolutionShape shape = ConvolutionShapes.Square(31, 1, 1, 3, 1);
        using var convolution = new ConvolutionCase(shape, 40, GuardedFloats.Uniform)
        {
            Method = WinogradShapes.Method(points),
        };
        convolution.W.Span.Clear();
        convolution.W.Span[4] = 1;
        foreach (ref float value in convolution.X.Span)
            value += mean;
        using var y = new GuardedFloats(convolution.Y.Length);
        (double[] means, double[] variances) = Run<Vector512<float>, Lanes16>(convolution, pool, y);
        (double[] exactMean, double[] exactVariance) = BatchNormReference.Statistics(
            y.Length,
            1,
            [.. y.Span.ToArray().Select(v => (double)v)]
        );

        // As above.
        Assert.InRange(variances[0] / exactVariance[0], 1 - 1e-6, 1 + 1e-6);
        Assert.InRange(means[0] - exactMean[0], -1e-6, 1e-6);
    }

    [Fact]
    public void Bits_do_not_depend_on_the_threads()
    {
        foreach ((ConvolutionShape shape, int batch) in ConvolutionShapes.Layers)
            AssertSameBits(shape, batch, ConvolutionMethod.Direct);
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Layers)
        {
            AssertSameBits(shape, batch, ConvolutionMethod.FourPoints);
            AssertSameBits(shape, batch, ConvolutionMethod.SixPoints);
            AssertSameBits(shape, batch, ConvolutionMethod.EightPoints);
        }
    }

    private static void AssertSameBits(ConvolutionShape shape, int batch, ConvolutionMethod method)
    {
        using var convolution = new ConvolutionCase(shape, batch, GuardedFloats.Uniform) { Method = method };
        using WorkerPool serial = WorkerPool.Serial();
        (double[] mean, double[] variance) = Run<Vector512<float>, Lanes16>(convolution, serial);
        foreach (int threads in new[] { 2, 3, 4, 5, 8 })
        {
            using var pool = new WorkerPool(threads);
            (double[] otherMean, double[] otherVariance) = Run<Vector512<float>, Lanes16>(convolution, pool);
            Assert.Equal(mean, otherMean);
            Assert.Equal(variance, otherVariance);
        }
    }

    private static void AssertStatistics(ConvolutionShape shape, int batch, ConvolutionMethod method, WorkerPool pool)
    {
        if (batch == 0)
            return;
        using var convolution = new ConvolutionCase(shape, batch, GuardedFloats.Whole) { Method = method };
        double[] exact = convolution.Expected("forward");
        AssertStatistics<Vector512<float>, Lanes16>(convolution, pool, exact);
        AssertStatistics<Vector256<float>, Lanes8>(convolution, pool, exact);
        AssertStatistics<Vector128<float>, Lanes4>(convolution, pool, exact);
        AssertStatistics<float, Lanes1>(convolution, pool, exact);
    }

    private static void AssertStatistics<TVec, TLanes>(ConvolutionCase convolution, WorkerPool pool, double[] exact)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        (double[] mean, double[] variance) = Run<TVec, TLanes>(convolution, pool);
        int channels = convolution.Shape.OutputChannels;
        (double[] exactMean, double[] exactVariance) = BatchNormReference.Statistics(
            exact.Length / channels,
            channels,
            exact
        );
        for (int channel = 0; channel < channels; channel++)
        {
            // Whole outputs: sums of 14 and of their squares are exact in float below 2^24, the rest is in double.
            string name = $"{typeof(TLanes).Name}, batch {convolution.Batch}, {convolution.Shape}, channel {channel}";
            double scale = 1 + Math.Abs(exactMean[channel]) + exactVariance[channel];
            Assert.True(Math.Abs(mean[channel] - exactMean[channel]) <= 1e-12 * scale, name);
            Assert.True(Math.Abs(variance[channel] - exactVariance[channel]) <= 1e-12 * scale, name);
        }
    }

    private static (double[] Mean, double[] Variance) Run<TVec, TLanes>(ConvolutionCase convolution, WorkerPool pool)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        using var y = new GuardedFloats(convolution.Y.Length);
        return Run<TVec, TLanes>(convolution, pool, y);
    }

    private static (double[] Mean, double[] Variance) Run<TVec, TLanes>(
        ConvolutionCase convolution,
        WorkerPool pool,
        GuardedFloats y
    )
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        int channels = convolution.Shape.OutputChannels;
        var moments = new ChannelMoments(new double[ChannelMoments.Length(channels)]);
        ForwardConvolution<TVec, TLanes>.RunWithStatistics(pool, convolution.Operands("forward", y), moments);
        y.AssertCanaries();
        double count = moments.Count;
        return (moments.Mean.ToArray(), [.. moments.M2.ToArray().Select(m2 => m2 / count)]);
    }
}
