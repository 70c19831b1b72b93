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

    // The transforms make numbers of both signs larger before they cancel: Lavin and Gray find the errors of F(2x2, 3x3) near those of
    // the plain sum. Measured here: 0.6 to 2.5 times (long plain sums err more, as they are one chain). Four times shows a lost digit.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rounding_errors_are_near_those_of_the_plain_sum(string kind)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in WinogradShapes.Layers)
        {
            double plain = Error(kind, shape, batch, ConvolutionMethod.Direct, pool);
            double winograd = Error(kind, shape, batch, ConvolutionMethod.Winograd, pool);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{kind} {batch} {shape.Height} {shape.InputChannels}->{shape.OutputChannels}: {plain:E2} {winograd:E2} {winograd / plain:F2}"
            );
            Assert.True(winograd <= 4 * plain, $"{kind}, batch {batch}, {shape}: {winograd} against {plain}.");
        }
    }

    // Root of the mean square, relative to that of the result.
    private static double Error(
        string kind,
        ConvolutionShape shape,
        int batch,
        ConvolutionMethod method,
        WorkerPool pool
    )
    {
        using var convolution = new ConvolutionCase(shape, batch, GuardedFloats.Uniform) { Method = method };
        float[] result = convolution.Run<Vector512<float>, Lanes16>(kind, pool);
        (double[] exact, _) = convolution.Expected(kind);
        double errors = result.Zip(exact, (r, e) => (r - e) * (r - e)).Sum();
        return Math.Sqrt(errors / exact.Sum(e => e * e));
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
