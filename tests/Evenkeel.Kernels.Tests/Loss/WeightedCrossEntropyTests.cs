using Evenkeel.Kernels.Loss;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Loss;

public sealed unsafe class WeightedCrossEntropyTests
{
    // As of CrossEntropyTests; a term more is rounded per class, and their sum is in double.
    private const double Relative = 3e-6;

    public static TheoryData<int, float> WidthsAndSmoothings =>
        [.. from width in Widths.All from smoothing in (float[])[0f, 0.1f] select (width, smoothing)];

    [Theory]
    [MemberData(nameof(WidthsAndSmoothings))]
    public void Every_number_of_classes_and_rows_gives_the_reference(int width, float smoothing)
    {
        foreach (int classes in Lengths.AllTails.Where(n => n > 0).Concat([63, 64, 65, 127, 129, 1001]))
            CheckAgainstReference(width, 7, classes, smoothing);
        foreach (int rows in Lengths.AllTails)
            CheckAgainstReference(width, rows, 10, smoothing);
    }

    // import torch; torch.set_default_dtype(torch.float64)
    // z = torch.tensor([[1., -2., .5], [30., -10., 29.], [0., 0., 0.]], requires_grad=True)
    // l = torch.nn.functional.cross_entropy(z, torch.tensor([2, 0, 1]), weight=torch.tensor([1., 2., .5]), label_smoothing=.1)
    // l.backward(); print(l.item(), z.grad.tolist())
    [Fact]
    public void Agrees_with_PyTorch()
    {
        using WorkerPool pool = WorkerPool.Serial();
        // The weights of the three labels sum up to 3.5.
        const float scale = 1 / 3.5f;
        var targets = new ClassTargets([2, 0, 1], [1f, 2f, 0.5f], 0.1f);
        float[] p = new float[9],
            losses = new float[3],
            dz = new float[9];
        WeightedCrossEntropy.Forward(pool, targets, [1f, -2f, .5f, 30f, -10f, 29f, 0f, 0f, 0f], p, losses);
        WeightedCrossEntropy.Backward(pool, targets, scale, p, dz);
        Assert.Equal(1.664788908643247, losses.Sum(l => (double)l) * scale, 1e-6);
        double[] expected =
        [
            0.08822601175739658,
            -0.014180942012545156,
            -0.07404506974485141,
            -0.05431155573128433,
            -0.019047619047619046,
            0.07335917477890334,
            0.173015873015873,
            -0.3507936507936509,
            0.17777777777777778,
        ];
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], dz[i], 1e-7);
    }

    [Fact]
    public void The_reference_gradient_is_the_slope_of_the_reference_loss()
    {
        const double h = 1e-6;
        (float[] logits, int[] labels, float[] weights) = Inputs(rows: 3, classes: 5);
        double[] z = Array.ConvertAll(logits, v => (double)v),
            w = Array.ConvertAll(weights, v => (double)v);
        double[] dz = WeightedCrossEntropyReference.Of(z, labels, w, 0.2).Gradient;
        double LossAt(int i, double step)
        {
            double[] moved = [.. z];
            moved[i] += step;
            return WeightedCrossEntropyReference.Of(moved, labels, w, 0.2).Losses.Sum();
        }

        // The error of central differences, h^2 and rounding over h, for losses of some tens.
        for (int i = 0; i < z.Length; i++)
            Assert.Equal((LossAt(i, h) - LossAt(i, -h)) / (2 * h), dz[i], 1e-7);
    }

    [Fact]
    public void Without_smoothing_a_class_without_any_chance_does_not_matter()
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] losses = new float[1];
        var targets = new ClassTargets([0], [2f, 1f], 0f);
        WeightedCrossEntropy.Forward(pool, targets, [0f, float.NegativeInfinity], new float[2], losses);
        Assert.Equal(0f, losses[0]);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(500)]
    public void Any_number_of_threads_gives_the_same_bits_and_allocates_nothing(int classes)
    {
        (float[] logits, int[] labels, float[] weights) = Inputs(101, classes);
        float[][] results =
        [
            .. ((int[])[1, 3, 8]).Select(threads =>
            {
                using var pool = new WorkerPool(threads);
                float[] p = new float[logits.Length],
                    losses = new float[101],
                    dz = new float[logits.Length];
                Assert.Equal(0, Allocations.Least(() => Step(pool, p, losses, dz)));
                return (float[])[.. p, .. losses, .. dz];
            }),
        ];
        Assert.All(results, r => FloatValues.AssertSame(results[0], r, "threads"));

        void Step(WorkerPool pool, float[] p, float[] losses, float[] dz)
        {
            var targets = new ClassTargets(labels, weights, 0.1f);
            WeightedCrossEntropy.Forward(pool, targets, logits, p, losses);
            WeightedCrossEntropy.Backward(pool, targets, 0.5f, p, dz);
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassTargets([0], [], 0f));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClassTargets([0], [1f], 1f));
        float[] memory = new float[4];
        Assert.Throws<ArgumentException>(() => Forward([0, 1], memory, memory, 2));
        Assert.Throws<ArgumentException>(() => Forward([0, 2], memory, new float[4], 2));
        Assert.Throws<ArgumentException>(() => Forward([0, 1], memory, new float[4], 1));

        void Forward(int[] labels, float[] logits, float[] p, int losses) =>
            WeightedCrossEntropy.Forward(pool, new ClassTargets(labels, [1f, 1f], 0f), logits, p, new float[losses]);
    }

    private static void CheckAgainstReference(int width, int rows, int classes, float smoothing)
    {
        (float[] logits, int[] labels, float[] weights) = Inputs(rows, classes);
        double[] z = Array.ConvertAll(logits, v => (double)v),
            w = Array.ConvertAll(weights, v => (double)v);
        (double[] expected, double[] gradient) = WeightedCrossEntropyReference.Of(z, labels, w, smoothing);
        using var p = new GuardedFloats(logits.Length, 1);
        using var losses = new GuardedFloats(rows);
        using var dz = new GuardedFloats(logits.Length, 2);
        using WorkerPool pool = WorkerPool.Serial();
        fixed (float* values = logits)
        fixed (float* weight = weights)
        fixed (int* label = labels)
        {
            var aim = new AimedAt(classes, label, weight, smoothing);
            Widths.Run(width, new SoftmaxForwardPass(pool, rows, classes, values, label, p.Pointer, losses.Pointer));
            Widths.Run(width, new WeighLossesPass(pool, rows, aim, values, losses.Pointer));
            Widths.Run(width, new WeightedGradientPass(pool, rows, aim, 0.5f, p.Pointer, dz.Pointer));
        }

        for (int i = 0; i < rows; i++)
            Assert.Equal(expected[i], losses.Span[i], Relative * (0.1 + expected[i]));
        // A probability near 1 is off by its rounding, times the largest weight.
        for (int i = 0; i < gradient.Length; i++)
            Assert.Equal(0.5 * gradient[i], dz.Span[i], 2 * Relative);
        losses.AssertIntact();
        dz.AssertIntact();
    }

    private static (float[] Logits, int[] Labels, float[] Weights) Inputs(int rows, int classes)
    {
        var random = new Random(classes);
        // Some rows have no label.
        int[] labels = [.. Enumerable.Range(0, rows).Select(_ => Math.Max(-1, random.Next(-classes / 4, classes)))];
        float[] weights = [.. Enumerable.Range(0, classes).Select(_ => 0.25f + (1.5f * random.NextSingle()))];
        return (FloatValues.Uniform(rows * classes, 10f, rows), labels, weights);
    }
}
