using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Optim;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Optim;

public sealed unsafe class AdamTests : OptimizerContract
{
    // import torch; torch.set_default_dtype(torch.float64)
    // p = torch.tensor([1.0, -0.5, 0.25, 2.0], requires_grad=True)
    // opt = torch.optim.Adam([p], lr=0.1, betas=(0.9, 0.999), eps=1e-8)
    // for t in range(1, 6):
    //     p.grad = torch.tensor([0.1 * t, -0.2, 0.3 / t, (-1.0) ** t]); opt.step()
    // print(p.tolist())
    protected override double[] PyTorch =>
        [0.5149169317360103, -2.5000000181130133e-08, -0.19014606899069397, 2.143494521828932];

    // The same with torch.optim.AdamW([p], lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01).
    [Fact]
    public void Decoupled_decay_agrees_with_AdamW()
    {
        double[] expected = [0.5109031326915876, 0.001495979547550319, -0.19045812852136168, 2.1330690131986025];
        double[] p = [1.0, -0.5, 0.25, 2.0];
        (double[] m, double[] v) = (new double[4], new double[4]);
        for (int t = 1; t <= 5; t++)
            Reference(p, [0.1 * t, -0.2, 0.3 / t, t % 2 == 0 ? 1 : -1], m, v, t, 0.01);
        for (int i = 0; i < p.Length; i++)
            Assert.Equal(expected[i], p[i], 1e-13);
    }

    [Fact]
    public void The_first_step_is_the_learning_rate_for_any_size_of_gradient()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] p = new float[4];
        float[] g = [1e-3f, -1f, 1e4f, -1e18f];
        AdamUpdate.Step(pool, p, g, new float[4], new float[4], 1, 0.1f, new(0.9f, 0.999f, 1e-8f, 0f));
        for (int i = 0; i < p.Length; i++)
            Assert.Equal(-0.1 * Math.Sign(g[i]), p[i], 2e-6);
    }

    [Theory]
    [InlineData(0, 0.9f, 0.9f, 1e-8f)]
    [InlineData(1, 1f, 0.9f, 1e-8f)]
    [InlineData(1, 0.9f, -0.1f, 1e-8f)]
    [InlineData(1, 0.9f, 0.9f, 0f)]
    public void Numbers_out_of_range_are_refused(long step, float beta1, float beta2, float epsilon)
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            AdamUpdate.Step(
                pool,
                new float[2],
                new float[2],
                new float[2],
                new float[2],
                step,
                0.1f,
                new(beta1, beta2, epsilon, 0f)
            )
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
    ) => AdamUpdate.Step(pool, p, g, s, t, step, (float)Rate, new((float)Mu, (float)Beta2, 1e-8f, decay));

    protected override void Reference(double[] p, double[] g, double[] s, double[] t, long step, double decay) =>
        new AdamReference(Rate, Mu, Beta2, 1e-8, decay).Step(p, g, s, t, step);

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
            new ElementwisePass<ParameterUpdate<AdamUpdate.Rule>>(
                pool,
                length,
                new(
                    new AdamUpdate.Rule(step, (float)Mu, (float)Beta2, 1e-8f),
                    p,
                    g,
                    s,
                    t,
                    AdamUpdate.CorrectedRate(step, (float)Rate, (float)Mu),
                    (float)Rate * decay
                )
            )
        );
}
