using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Optim;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Optim;

public sealed unsafe class SgdTests : OptimizerContract
{
    // import torch; torch.set_default_dtype(torch.float64)
    // p = torch.tensor([1.0, -0.5, 0.25, 2.0], requires_grad=True)
    // opt = torch.optim.SGD([p], lr=0.1)
    // for t in range(1, 6):
    //     p.grad = torch.tensor([0.1 * t, -0.2, 0.3 / t, (-1.0) ** t]); opt.step()
    // print(p.tolist())
    protected override double[] PyTorch => [0.8499999999999999, -0.3999999999999999, 0.18149999999999997, 2.1];

    [Theory]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Numbers_out_of_range_are_refused(float learningRate)
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            SgdUpdate.Step(pool, new float[2], new float[2], learningRate, 0f)
        );
    }

    protected override void Step(
        WorkerPool pool,
        Span<float> p,
        ReadOnlySpan<float> g,
        Span<float> s,
        Span<float> t,
        long step,
        float decay
    ) => SgdUpdate.Step(pool, p, g, (float)Rate, decay);

    protected override void Reference(double[] p, double[] g, double[] s, double[] t, long step, double decay) =>
        OptimizerReference.Sgd(p, g, Rate, decay);

    private protected override void StepAt(
        int width,
        WorkerPool pool,
        int length,
        float* p,
        float* g,
        float* s,
        float* t,
        long step,
        float decay
    ) =>
        Widths.Run(
            width,
            new ElementwisePass<ParameterUpdate<SgdUpdate.Rule>>(
                pool,
                length,
                new(default, p, g, s, t, (float)Rate, (float)Rate * decay)
            )
        );
}
