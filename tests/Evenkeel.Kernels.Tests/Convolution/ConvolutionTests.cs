using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;
using GuardedFloats = Evenkeel.Kernels.Tests.Linear.GuardedFloats;

namespace Evenkeel.Kernels.Tests.Convolution;

public sealed class ConvolutionTests
{
    private static readonly string[] _kinds = ["forward", "bias", "input", "add", "weights"];

    public static TheoryData<string> Kinds => [.. _kinds];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_shape_is_exact_on_every_width(string kind)
    {
        using var pool = new WorkerPool(2);
        foreach ((ConvolutionShape shape, int batch) in ConvolutionShapes.Small)
        {
            using var convolution = new ConvolutionCase(shape, batch, GuardedFloats.Whole);
            (double[] exact, _) = convolution.Expected(kind);
            convolution.AssertExact<Vector512<float>, Lanes16>(kind, pool, exact);
            convolution.AssertExact<Vector256<float>, Lanes8>(kind, pool, exact);
            convolution.AssertExact<Vector128<float>, Lanes4>(kind, pool, exact);
            convolution.AssertExact<float, Lanes1>(kind, pool, exact);
        }
    }
}
