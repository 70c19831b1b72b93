using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;
using GuardedFloats = Evenkeel.Kernels.Tests.Linear.GuardedFloats;

namespace Evenkeel.Kernels.Tests.Convolution;

public sealed class WinogradConvolutionTests
{
    public static TheoryData<string> Kinds => ["forward", "bias", "input", "add", "weights"];

    // Whole numbers and factors of 1/2: nothing is rounded, so a wrong border, lane or sign cannot hide in a tolerance.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_size_is_exact_on_every_width(string kind)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Small)
        {
            using ConvolutionCase convolution = Case(shape, batch, GuardedFloats.Whole);
            (double[] exact, _) = convolution.Expected(kind);
            convolution.AssertExact<Vector512<float>, Lanes16>(kind, pool, exact);
            convolution.AssertExact<Vector256<float>, Lanes8>(kind, pool, exact);
            convolution.AssertExact<Vector128<float>, Lanes4>(kind, pool, exact);
            convolution.AssertExact<float, Lanes1>(kind, pool, exact);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rounding_errors_stay_within_the_bound(string kind)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Layers)
        {
            using ConvolutionCase convolution = Case(shape, batch, GuardedFloats.Uniform);
            float[] result = convolution.Run<Vector512<float>, Lanes16>(kind, pool);
            (double[] exact, _) = convolution.Expected(kind);

            // A sum of n products of values in (-1, 1): the transforms make each of the 16 products of a term up to 4 by 9/4 large,
            // and an output adds 9 of them, so what is rounded is 81 at most per term where the plain sum has 9. Roundings are
            // independent, so n of them grow as sqrt(n); four times that is beyond chance, and 8 are for the transforms.
            double terms = Math.Max(1, convolution.Depth(kind) / 9.0);
            double bound = 81 * Math.Sqrt(terms) * (8 + (4 * Math.Sqrt(terms))) * Math.Pow(2, -24);
            for (int i = 0; i < result.Length; i++)
                Assert.True(
                    Math.Abs(result[i] - exact[i]) <= bound,
                    $"{kind}, batch {batch}, {shape}: {i} is {result[i]}, not {exact[i]}; bound {bound}."
                );
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Bits_do_not_depend_on_the_threads(string kind)
    {
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Layers)
        {
            using ConvolutionCase convolution = Case(shape, batch, GuardedFloats.Uniform);
            using WorkerPool serial = WorkerPool.Serial();
            float[] expected = convolution.Run<Vector512<float>, Lanes16>(kind, serial);
            for (int threads = 2; threads <= 5; threads++)
            {
                using var pool = new WorkerPool(threads);
                float[] result = convolution.Run<Vector512<float>, Lanes16>(kind, pool);
                Assert.True(result.AsSpan().SequenceEqual(expected), $"{kind}, {threads} threads, {shape}");
            }
        }
    }

    private static ConvolutionCase Case(ConvolutionShape shape, int batch, Func<int, int, GuardedFloats> values) =>
        new(shape, batch, values) { Method = ConvolutionMethod.Winograd };
}
