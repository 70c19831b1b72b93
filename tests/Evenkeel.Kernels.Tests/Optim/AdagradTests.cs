using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Optim;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Optim;

public sealed unsafe class AdagradTests : OptimizerContract
{
    // import torch; torch.set_default_dtype(torch.float64)
    // p = torch.tensor([1.0, -0.5, 0.25, 2.0], requires_grad=True)
    // opt = torch.optim.Adagrad([p], lr=0.1, eps=1e-10)
    // for t in range(1, 6):
    //     p.grad = torch.tensor([0.1 * t, -0.2, 0.3 / t, (-1.0) ** t]); opt.step()
    // print(p.tolist())
    protected override double[] PyTorch =>
        [0.5899292479297874, -0.17683293552655344, 0.039222617109253, 2.0817457083424706];

    [Theory]
    [InlineData(-1f, 1e-10f)]
    [InlineData(0.1f, 0f)]
    [InlineData(0.1f, float.NaN)]
    public void Numbers_out_of_range_are_refused(float learningRate, float epsilon)
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            AdagradUpdate.Step(pool, new float[2], new float[2], new float[2], learningRate, epsilon, 0f)
        );
    }

    [Fact]
    public void Parameters_without_a_gradient_stay()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] p = [3f, -4f];
        AdagradUpdate.Step(pool, p, new float[2], new float[2], 0.1f, 1e-10f, 0f);
        Assert.Equal([3f, -4f], p);
    }

    protected override void Step(
        WorkerPool pool,
        Span<float> p,
        ReadOnlySpan<float> g,
        Span<float> s,
        Span<float> t,
        long step,
        float decay
    ) => AdagradUpdate.Step(pool, p, g, s, (float)Rate, 1e-10f, decay);

    protected override void Reference(double[] p, double[] g, double[] s, double[] t, long step, double decay) =>
        OptimizerReference.Adagrad(p, g, s, Rate, 1e-10, decay);

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
            new ElementwisePass<ParameterUpdate<AdagradUpdate.Rule>>(
                pool,
                length,
                new(new(1e-10f), p, g, s, t, (float)Rate, (float)Rate * decay)
            )
        );
}
