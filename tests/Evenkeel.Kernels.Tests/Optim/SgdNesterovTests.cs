using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Optim;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Optim;

public sealed unsafe class SgdNesterovTests : OptimizerContract
{
    // import torch; torch.set_default_dtype(torch.float64)
    // p = torch.tensor([1.0, -0.5, 0.25, 2.0], requires_grad=True)
    // opt = torch.optim.SGD([p], lr=0.1, momentum=0.9, nesterov=True)
    // for t in range(1, 6):
    //     p.grad = torch.tensor([0.1 * t, -0.2, 0.3 / t, (-1.0) ** t]); opt.step()
    // print(p.tolist())
    protected override double[] PyTorch => [0.5646720999999999, -0.16340619999999995, -0.01810920000000002, 2.321949];

    [Theory]
    [InlineData(-1f, 0.9f)]
    [InlineData(float.NaN, 0.9f)]
    [InlineData(0.1f, -0.1f)]
    [InlineData(0.1f, 1f)]
    [InlineData(0.1f, float.NaN)]
    public void Numbers_out_of_range_are_refused(float learningRate, float momentum)
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            SgdMomentumUpdate.Step(
                pool,
                new float[2],
                new float[2],
                new float[2],
                learningRate,
                momentum,
                0f,
                nesterov: true
            )
        );
    }

    [Fact]
    public void A_velocity_of_another_length_is_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentException>(() =>
            SgdMomentumUpdate.Step(pool, new float[2], new float[2], new float[3], 0.1f, 0.9f, 0f, nesterov: true)
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
    ) => SgdMomentumUpdate.Step(pool, p, g, s, (float)Rate, (float)Mu, decay, nesterov: true);

    protected override void Reference(double[] p, double[] g, double[] s, double[] t, long step, double decay) =>
        OptimizerReference.SgdMomentum(p, g, s, Rate, Mu, decay, nesterov: true);

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
            new ElementwisePass<ParameterUpdate<SgdMomentumUpdate.NesterovRule>>(
                pool,
                length,
                new(new((float)Mu), p, g, s, t, (float)Rate, (float)Rate * decay)
            )
        );
}
