using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Recurrent;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Recurrent;

/// <summary>Cells that normalise on the way in: the bits of separate passes, and the sums of their gradients.</summary>
public sealed class NormalizedCellTests
{
    // Blocks of rows are summed in single precision, at most 64 of them: an error of 64 roundings of the sum of magnitudes.
    private const double Tolerance = 64 * 6e-8;

    public static TheoryData<int> Units => [.. Lengths.AllTails.Where(n => n > 0), 100, 255];

    // Rows of one block, of several, and what is left of one.
    public static TheoryData<int, int> Sizes =>
        new()
        {
            { 1, 5 },
            { 3, 50 },
            { 64, 16 },
            { 67, 33 },
            { 200, 50 },
        };

    [Theory]
    [MemberData(nameof(Units))]
    public void A_cell_of_normalised_values_has_the_bits_of_separate_passes(int units)
    {
        foreach (int threads in (int[])[1, 3])
        {
            var run = new NormalizedLstmRun(3, units, threads);
            Assert.Equal(run.Plain.Next, run.Fused.Next);
            Assert.Equal(run.Plain.Output, run.Fused.Output);
            Assert.Equal(run.Plain.Gates, run.Fused.Gates);
            Assert.Equal(run.Plain.DX, run.Fused.DX);
            Assert.Equal(run.Plain.DC, run.Fused.DC);
        }
    }

    [Theory]
    [MemberData(nameof(Units))]
    public void Sums_of_every_tail_are_those_of_the_gradients(int units) => AssertSums(3, units);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Sums_of_blocks_of_rows_are_those_of_the_gradients(int rows, int units) => AssertSums(rows, units);

    [Fact]
    public void Sums_do_not_depend_on_the_number_of_threads()
    {
        NormalizedLstmRun one = new(200, 21, threads: 1),
            three = new(200, 21, threads: 3);
        Assert.Equal(one.OfX, three.OfX);
        Assert.Equal(one.OfH, three.OfH);
        Assert.Equal(one.Fused.DX, three.Fused.DX);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        var cell = new LstmBuffers(2, 3);
        float[] values = new float[24];
        Assert.Throws<ArgumentException>(() =>
        {
            // They have no centers.
            var scaled = new NormCoefficients(new float[12], new float[12]);
            cell.Forward(pool, values, values, scaled, scaled);
        });
        Assert.Throws<ArgumentException>(() =>
        {
            var norm = new NormCoefficients(new float[36]);
            cell.Backward(pool, new GateSums(new float[23], norm, new double[24]), new(values, norm, new double[24]));
        });
    }

    private static void AssertSums(int rows, int units)
    {
        var run = new NormalizedLstmRun(rows, units, threads: 1);
        AssertSums(run.Fused.DX, run.X, run.XCoefficients, run.OfX);
        AssertSums(run.Fused.DX, run.H, run.HCoefficients, run.OfH);
    }

    private static void AssertSums(float[] d, float[] x, float[] coefficients, double[] sums)
    {
        int channels = sums.Length / 2;
        for (int c = 0; c < channels; c++)
        {
            (double sum, double product, double size, double productSize) = (0, 0, 0, 0);
            for (int at = c; at < d.Length; at += channels)
            {
                double centred = d[at] * ((double)x[at] - coefficients[c]);
                (sum, product) = (sum + d[at], product + centred);
                (size, productSize) = (size + Math.Abs(d[at]), productSize + Math.Abs(centred));
            }

            Assert.Equal(sum, sums[c], Tolerance * size);
            Assert.Equal(product, sums[channels + c], Tolerance * productSize);
        }
    }
}
