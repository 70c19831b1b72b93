using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Loss;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Loss;

public sealed unsafe class PointwiseLossTests
{
    // A difference, a product and a sum are rounded, and e^x and log(1 + z) are within some roundings of 6e-8 each.
    private const double Relative = 1e-6;
    private const float Delta = 0.75f;

    public static TheoryData<int> AllWidths => [.. Widths.All];

    public static TheoryData<string> Names => ["squared", "absolute", "huber", "binary"];

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_length_gives_the_reference(int width)
    {
        foreach (int values in Lengths.AllTails.Where(n => n > 0).Concat([63, 64, 65, 127, 129, 5003]))
        {
            Check(width, values, new SquaredError(), PointwiseLossReference.SquaredError);
            Check(width, values, new AbsoluteError(), PointwiseLossReference.AbsoluteError);
            Check(width, values, new HuberError(Delta), (x, t) => PointwiseLossReference.HuberError(x, t, Delta));
            Check(width, values, new LogisticLoss(), PointwiseLossReference.Logistic);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_reference_slope_is_that_of_the_reference_loss(string name)
    {
        const double h = 1e-6;
        var of = Reference(name);
        foreach (double x in (double[])[-30, -2, -0.5, 0.1, 0.3, 1.7, 25])
        {
            double found = (of(x + h, 0.2).Loss - of(x - h, 0.2).Loss) / (2 * h);
            // The error of central differences: h^2, and rounding of losses up to a thousand over h.
            Assert.Equal(found, of(x, 0.2).Slope, 1e-6);
        }
    }

    // import torch, torch.nn.functional as F; torch.set_default_dtype(torch.float64)
    // x = torch.tensor([[1., -2., .5], [3., -1., .25]], requires_grad=True); t = torch.tensor([[0., 1., .5], [1., 0., .75]])
    // for f in (F.mse_loss, F.l1_loss, lambda a, b: F.huber_loss(a, b, delta=.75), F.binary_cross_entropy_with_logits):
    //     x.grad = None; l = f(x, t); l.backward(); print(l.item(), x.grad.tolist())
    [Fact]
    public void Agrees_with_PyTorch()
    {
        Agrees(new SquaredError(), 2.5416666666666665, [1 / 3.0, -1, 0, 2 / 3.0, -1 / 3.0, -1 / 6.0]);
        Agrees(new AbsoluteError(), 1.25, [1 / 6.0, -1 / 6.0, 0, 1 / 6.0, -1 / 6.0, -1 / 6.0]);
        Agrees(new HuberError(Delta), 0.7083333333333334, [0.125, -0.125, 0, 0.125, -0.125, -1 / 12.0]);
        Agrees(
            new LogisticLoss(),
            0.8607591902853517,
            [
                0.12184309643833414,
                -0.14679951299631375,
                0.020409888533642433,
                -0.007904312196261106,
                0.04482357022833252,
                -0.03130391651903366,
            ]
        );
    }

    [Fact]
    public void A_loss_of_a_sure_answer_keeps_its_digits()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] losses = new float[4];
        PointwiseLosses.Forward(pool, new LogisticLoss(), [20f, -20f, 300f, -300f], [1f, 0f, 0f, 1f], losses);
        double small = Math.Log(1 + Math.Exp(-20));
        // The sum of 1 + e^-20 in double is off by 1e-16, 1e-7 of the loss.
        Assert.Equal(small, losses[0], 3e-7 * small);
        Assert.Equal(small, losses[1], 3e-7 * small);
        Assert.Equal([300f, 300f], losses[2..]);
    }

    [Fact]
    public void NaN_stays_in_its_row()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.All(
            (float[][])
                [
                    Losses(new SquaredError()),
                    Losses(new AbsoluteError()),
                    Losses(new HuberError(1)),
                    Losses(new LogisticLoss()),
                ],
            losses => Assert.Equal((true, false), (float.IsNaN(losses[0]), float.IsNaN(losses[1])))
        );

        float[] Losses<TLoss>(TLoss loss)
            where TLoss : struct, IPointwiseLoss
        {
            float[] losses = new float[2];
            PointwiseLosses.Forward(pool, loss, [0f, float.NaN, 1f, 2f], [1f, 1f, 1f, 1f], losses);
            return losses;
        }
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits_and_allocates_nothing()
    {
        float[] x = FloatValues.Uniform(30_000, 3, 1),
            t = FloatValues.Uniform(30_000, 1, 2);
        float[][] results =
        [
            .. ((int[])[1, 3, 8]).Select(threads =>
            {
                using var pool = new WorkerPool(threads);
                float[] losses = new float[10],
                    dx = new float[x.Length];
                Assert.Equal(0, Allocations.Least(() => Step(pool, losses, dx)));
                return (float[])[.. losses, .. dx];
            }),
        ];
        Assert.All(results, r => FloatValues.AssertSame(results[0], r, "threads"));

        void Step(WorkerPool pool, float[] losses, float[] dx)
        {
            PointwiseLosses.Forward(pool, new LogisticLoss(), x, t, losses);
            PointwiseLosses.Backward(pool, new LogisticLoss(), x, t, 0.5f, dx);
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentOutOfRangeException>(() => new HuberError(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HuberError(float.PositiveInfinity));
        Assert.Throws<ArgumentException>(() =>
            PointwiseLosses.Forward(pool, new SquaredError(), new float[4], new float[3], new float[2])
        );
        Assert.Throws<ArgumentException>(() =>
            PointwiseLosses.Forward(pool, new SquaredError(), new float[4], new float[4], new float[3])
        );
        Assert.Throws<ArgumentException>(() =>
            PointwiseLosses.Forward(pool, new SquaredError(), new float[4], new float[4], [])
        );
        Assert.Throws<ArgumentException>(() =>
            PointwiseLosses.Backward(pool, new SquaredError(), new float[4], new float[4], 1, new float[3])
        );
        PointwiseLosses.Forward(pool, new SquaredError(), [], [], []);
    }

    private static Func<double, double, (double Loss, double Slope)> Reference(string name) =>
        name switch
        {
            "squared" => PointwiseLossReference.SquaredError,
            "absolute" => PointwiseLossReference.AbsoluteError,
            "huber" => (x, t) => PointwiseLossReference.HuberError(x, t, Delta),
            _ => PointwiseLossReference.Logistic,
        };

    private static void Agrees<TLoss>(TLoss loss, double expected, double[] gradient)
        where TLoss : struct, IPointwiseLoss
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] x = [1f, -2f, .5f, 3f, -1f, .25f],
            t = [0f, 1f, .5f, 1f, 0f, .75f],
            losses = new float[2],
            dx = new float[6];
        PointwiseLosses.Forward(pool, loss, x, t, losses);
        PointwiseLosses.Backward(pool, loss, x, t, 1 / 6f, dx);
        Assert.Equal(expected, losses.Average(l => (double)l), Relative * expected);
        for (int i = 0; i < gradient.Length; i++)
            Assert.Equal(gradient[i], dx[i], 1e-7);
    }

    private static void Check<TLoss>(
        int width,
        int values,
        TLoss loss,
        Func<double, double, (double Loss, double Slope)> reference
    )
        where TLoss : struct, IPointwiseLoss
    {
        const int rows = 3;
        float[] x = FloatValues.Uniform(rows * values, 4, values),
            t = [.. FloatValues.Uniform(rows * values, 1, values + 1).Select(Math.Abs)];
        using var losses = new GuardedFloats(rows);
        using var dx = new GuardedFloats(x.Length, 1);
        using WorkerPool pool = WorkerPool.Serial();
        fixed (float* xs = x)
        fixed (float* ts = t)
        {
            var terms = new PointwiseLosses.Terms<TLoss>(loss, xs, ts);
            Widths.Run(width, new PointwiseLosses.RowsPass<TLoss>(pool, rows, values, terms, losses.Pointer));
            var slopes = new PointwiseLosses.SlopeKernel<TLoss>(loss, xs, ts, 0.5f, dx.Pointer);
            Widths.Run(width, new ElementwisePass<PointwiseLosses.SlopeKernel<TLoss>>(pool, x.Length, slopes));
        }

        for (int row = 0; row < rows; row++)
        {
            double expected = Enumerable.Range(row * values, values).Average(i => reference(x[i], t[i]).Loss);
            // A difference of nearly equal values is exact, and of others off by a rounding of 4.
            Assert.Equal(expected, losses.Span[row], Relative * (0.1 + expected));
        }

        for (int i = 0; i < x.Length; i++)
            Assert.Equal(0.5 * reference(x[i], t[i]).Slope, dx.Span[i], Relative);
        losses.AssertIntact();
        dx.AssertIntact();
    }
}
