using Evenkeel.Kernels.Loss;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Loss;

public sealed unsafe class CrossEntropyTests
{
    // Logits within 10 of each other: a shifted logit is rounded to half an ulp of 20, 1e-6, and e^x follows it.
    private const double Relative = 2e-6;

    public static TheoryData<int> AllWidths => [.. Widths.All];

    // Narrow, both sides of the border to wide, and wide.
    public static TheoryData<int, int> Shapes =>
        new()
        {
            { 0, 10 },
            { 1, 1 },
            { 60, 10 },
            { 61, 2 },
            { 7, 63 },
            { 5, 64 },
            { 5, 65 },
            { 3, 1000 },
            { 1000, 10 },
            { 2, 5003 },
        };

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_number_of_classes_gives_the_reference(int width)
    {
        foreach (int classes in Lengths.AllTails.Where(n => n > 0).Concat([63, 64, 65, 66, 127, 128, 129, 255, 1001]))
            CheckAgainstReference(width, 19, classes);
    }

    [Theory]
    [MemberData(nameof(AllWidths))]
    public void Every_number_of_rows_gives_the_reference(int width)
    {
        foreach (int rows in Lengths.AllTails)
            CheckAgainstReference(width, rows, 10);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Any_number_of_threads_gives_the_same_bits_in_place(int rows, int classes)
    {
        (float[] logits, int[] labels) = Inputs(rows, classes);
        float[] p = new float[logits.Length];
        float[] losses = new float[rows];
        float[] dz = new float[logits.Length];
        using WorkerPool one = WorkerPool.Serial();
        CrossEntropy.Forward(one, rows, classes, logits, labels, p, losses);
        CrossEntropy.Backward(one, rows, classes, p, labels, 0.25f, dz);
        foreach (int threads in (int[])[1, 2, 3, 8])
        {
            using var pool = new WorkerPool(threads);
            float[] inPlace = [.. logits];
            float[] again = new float[rows];
            CrossEntropy.Forward(pool, rows, classes, inPlace, labels, inPlace, again);
            FloatValues.AssertSame(p, inPlace, $"probabilities, {threads} threads");
            FloatValues.AssertSame(losses, again, $"losses, {threads} threads");
            CrossEntropy.Backward(pool, rows, classes, inPlace, labels, 0.25f, inPlace);
            FloatValues.AssertSame(dz, inPlace, $"gradients, {threads} threads");
        }
    }

    // import torch; torch.set_default_dtype(torch.float64)
    // z = torch.tensor([[1., -2., .5], [30., -10., 29.], [0., 0., 0.]], requires_grad=True)
    // l = torch.nn.functional.cross_entropy(z, torch.tensor([2, 0, 1]), reduction="none"); l.mean().backward()
    // print(l.tolist(), z.softmax(1).tolist(), z.grad.tolist())
    [Fact]
    public void Agrees_with_PyTorch()
    {
        using WorkerPool pool = WorkerPool.Serial();
        int[] labels = [2, 0, 1];
        float[] p = new float[9];
        float[] losses = new float[3];
        float[] dz = new float[9];
        CrossEntropy.Forward(pool, 3, 3, [1f, -2f, .5f, 30f, -10f, 29f, 0f, 0f, 0f], labels, p, losses);
        CrossEntropy.Backward(pool, 3, 3, p, labels, 1f / 3, dz);
        AssertClose([1.0045969023422834, 0.31326168751822286, 1.0986122886681098], losses, 2e-7);
        AssertClose([0.6037488961486258, 0.030058887569574023, 0.3661922162818002], p.AsSpan(0, 3), 2e-7);
        AssertClose([0.7310585786300049, 3.105795823390202e-18, 0.26894142136999516], p.AsSpan(3, 3), 2e-7);
        AssertClose([0.20124963204954194, 0.010019629189858006, -0.21126926123939993], dz.AsSpan(0, 3), 2e-7);
        AssertClose([0.1111111111111111, -0.2222222222222222, 0.1111111111111111], dz.AsSpan(6, 3), 2e-7);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(100)]
    public void A_loss_of_a_billionth_keeps_its_digits(int classes)
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] z = new float[classes];
        z[0] = 20f;
        z.AsSpan(2).Fill(-80f);
        float[] losses = new float[1];
        CrossEntropy.Forward(pool, 1, classes, z, [0], new float[classes], losses);

        // log(1 + e^-20); the double sum of about 1 is rounded to 1e-16, 1e-7 of the loss.
        double expected = Math.Log(1 + Math.Exp(-20));
        Assert.Equal(expected, losses[0], 2e-7 * expected);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(70)]
    public void The_largest_logits_do_not_overflow_and_NaN_stays_in_its_row(int classes)
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] z = new float[3 * classes];
        z.AsSpan(0, classes).Fill(float.MaxValue);
        z[classes + 1] = float.NaN;
        z.AsSpan(2 * classes, classes).Fill(float.NegativeInfinity);
        z[2 * classes] = 0f;
        float[] losses = new float[3];
        CrossEntropy.Forward(pool, 3, classes, z, [0, 0, 1], z, losses);
        Assert.Equal(Math.Log(classes), losses[0], 1e-6);
        Assert.True(float.IsNaN(losses[1]));
        Assert.All(z[classes..(2 * classes)], p => Assert.True(float.IsNaN(p)));
        Assert.Equal(float.PositiveInfinity, losses[2]);
        Assert.Equal(1f, z[2 * classes]);
        Assert.All(z[((2 * classes) + 1)..], p => Assert.Equal(0f, p));
    }

    [Fact]
    public void The_reference_gradient_is_the_slope_of_the_reference_loss()
    {
        const double h = 1e-6;
        (float[] logits, int[] labels) = Inputs(rows: 3, classes: 5);
        double[] z = Array.ConvertAll(logits, v => (double)v);
        double[] dz = SoftmaxReference.CrossEntropy(5, z, labels).Gradient;
        double LossAt(int i, double step)
        {
            double[] moved = [.. z];
            moved[i] += step;
            return SoftmaxReference.CrossEntropy(5, moved, labels).Losses.Sum();
        }

        for (int i = 0; i < z.Length; i++)
            Assert.Equal((LossAt(i, h) - LossAt(i, -h)) / (2 * h), dz[i], 1e-8);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(10)]
    [InlineData(int.MaxValue)]
    public void A_label_out_of_range_is_named_with_its_row_before_anything_is_written(int label)
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] p = new float[30];
        int[] labels = [0, label, 3];
        ArgumentException e = Assert.Throws<ArgumentException>(() =>
            CrossEntropy.Forward(pool, 3, 10, new float[30], labels, p, new float[3])
        );
        Assert.Contains(
            $"row 1 is {label}; with 10 classes it must be 0 to 9, or -1 for none",
            e.Message,
            StringComparison.Ordinal
        );
        Assert.All(p, v => Assert.Equal(0f, v));
        Assert.Throws<ArgumentException>(() => CrossEntropy.Backward(pool, 3, 10, p, labels, 1f, new float[30]));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(70)]
    public void A_row_without_a_label_has_no_loss_and_no_gradient_whatever_it_holds(int classes)
    {
        using WorkerPool pool = WorkerPool.Serial();
        float[] z = new float[2 * classes],
            p = new float[2 * classes],
            losses = [5, 5];
        z.AsSpan(classes).Fill(float.NaN);
        CrossEntropy.Forward(pool, 2, classes, z, [1, CrossEntropy.NoLabel], p, losses);
        Assert.Equal(Math.Log(classes), losses[0], 1e-6);
        Assert.Equal(0, losses[1]);
        CrossEntropy.Backward(pool, 2, classes, p, [1, CrossEntropy.NoLabel], 1, p);
        Assert.Equal((1f / classes) - 1, p[1], 1e-6f);
        Assert.All(p[classes..], v => Assert.Equal(0, v));
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        void Forward(int rows, int classes, int z, int labels, int p, int losses) =>
            CrossEntropy.Forward(pool, rows, classes, new float[z], new int[labels], new float[p], new float[losses]);
        Assert.Throws<ArgumentException>(() => Forward(2, 3, 5, 2, 6, 2));
        Assert.Throws<ArgumentException>(() => Forward(2, 3, 6, 3, 6, 2));
        Assert.Throws<ArgumentException>(() => Forward(2, 3, 6, 2, 7, 2));
        Assert.Throws<ArgumentException>(() => Forward(2, 3, 6, 2, 6, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Forward(2, 0, 0, 2, 0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Forward(-1, 3, 0, 0, 0, 0));
        Assert.Throws<ArgumentException>(() =>
            CrossEntropy.Backward(pool, 1, 2, new float[2], new int[1], 1f, new float[3])
        );
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    public void Allocates_nothing(int classes)
    {
        using var pool = new WorkerPool(2);
        (float[] logits, int[] labels) = Inputs(60, classes);
        float[] losses = new float[60];
        Assert.Equal(
            0,
            Allocations.Least(() =>
            {
                CrossEntropy.Forward(pool, 60, classes, logits, labels, logits, losses);
                CrossEntropy.Backward(pool, 60, classes, logits, labels, 1f, logits);
            })
        );
    }

    private static void CheckAgainstReference(int width, int rows, int classes)
    {
        (float[] logits, int[] labels) = Inputs(rows, classes);
        double[] wide = Array.ConvertAll(logits, v => (double)v);
        double[] expected = Array.ConvertAll(SoftmaxReference.Logarithms(classes, wide), Math.Exp);
        (double[] expectedLosses, double[] gradient) = SoftmaxReference.CrossEntropy(classes, wide, labels);
        using var p = new GuardedFloats(logits.Length, 1);
        using var losses = new GuardedFloats(rows);
        using var dz = new GuardedFloats(logits.Length, 2);
        using WorkerPool pool = WorkerPool.Serial();
        fixed (float* z = logits)
        fixed (int* label = labels)
        {
            Widths.Run(width, new SoftmaxForwardPass(pool, rows, classes, z, label, p.Pointer, losses.Pointer));
            Widths.Run(width, new SoftmaxBackwardPass(pool, rows, classes, p.Pointer, label, 0.5f, dz.Pointer));
        }

        AssertClose(expected, p.Span, Relative);
        AssertClose(expectedLosses, losses.Span, Relative);
        // Against probabilities of the reference: p - 1 is off by p's rounding, absolute.
        for (int i = 0; i < gradient.Length; i++)
            Assert.Equal(0.5 * gradient[i], dz.Span[i], Relative);
        p.AssertIntact();
        losses.AssertIntact();
        dz.AssertIntact();
    }

    private static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double relative)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], relative * Math.Abs(expected[i]));
    }

    private static (float[] Logits, int[] Labels) Inputs(int rows, int classes)
    {
        var random = new Random(classes);
        int[] labels = new int[rows];
        // Some rows have no label.
        for (int row = 0; row < rows; row++)
            labels[row] = Math.Max(-1, random.Next(-classes / 4, classes));
        return (FloatValues.Uniform(rows * classes, 10f, rows), labels);
    }
}
