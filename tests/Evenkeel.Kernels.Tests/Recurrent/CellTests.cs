using Evenkeel.Kernels.Recurrent;
using Evenkeel.Kernels.Threading;
using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Recurrent;

/// <summary>Cells of recurrent networks over every tail of every vector width, against their definitions in double precision.</summary>
public sealed class CellTests
{
    private const int Rows = 3;

    // Sigmoid and tanh are within 2 roundings; sums of two products of values below 3 add two more.
    private const double Tolerance = 1e-6;

    // 2^-100.
    private const float SmallestGradient = 7.888609e-31f;

    public static TheoryData<int> Units => [.. Lengths.AllTails.Where(n => n > 0), 100, 255, 700];

    [Theory]
    [MemberData(nameof(Units))]
    public void A_long_short_term_memory_is_its_definition(int units)
    {
        foreach (int threads in (int[])[1, 3])
        {
            var run = new LstmRun(Rows, units, threads);
            Assert.Equal(run.DX, run.DH);
            for (int at = 0; at < run.C.Length; at++)
            {
                (int row, int unit) = (at / units, at % units);
                double Sum(int gate) => (double)run.X[Place(gate)] + run.H[Place(gate)];
                int Place(int gate) => (((row * 4) + gate) * units) + unit;
                double i = Logistic(Sum(0)),
                    f = Logistic(Sum(1)),
                    g = Math.Tanh(Sum(2)),
                    o = Logistic(Sum(3)),
                    d = run.DNext[at];
                Near((f * run.C[at]) + (i * g), run.Next[at]);
                Near(o, run.Output[at]);
                Near(d * g * i * (1 - i), run.DX[Place(0)]);
                Near(d * run.C[at] * f * (1 - f), run.DX[Place(1)]);
                Near(d * i * (1 - (g * g)), run.DX[Place(2)]);
                Near(run.DOutput[at] * o * (1 - o), run.DX[Place(3)]);
                Near(d * f, run.DC[at]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Units))]
    public void Gated_units_are_their_definition(int units)
    {
        foreach (int threads in (int[])[1, 3])
        {
            var run = new GruRun(Rows, units, threads);
            for (int at = 0; at < run.H.Length; at++)
            {
                (int row, int unit) = (at / units, at % units);
                int Place(int gate) => (((row * 3) + gate) * units) + unit;
                double r = Logistic((double)run.X[Place(0)] + run.U[Place(0)]),
                    z = Logistic((double)run.X[Place(1)] + run.U[Place(1)]),
                    own = run.U[Place(2)],
                    n = Math.Tanh(run.X[Place(2)] + (r * own)),
                    d = run.DNext[at],
                    dn = d * (1 - z) * (1 - (n * n));
                Near(((1 - z) * n) + (z * run.H[at]), run.Next[at]);
                Near(dn, run.DX[Place(2)]);
                Near(dn * r, run.DU[Place(2)]);
                Near(dn * own * r * (1 - r), run.DX[Place(0)]);
                Near(d * (run.H[at] - n) * z * (1 - z), run.DX[Place(1)]);
                Assert.Equal(run.DX[Place(0)], run.DU[Place(0)]);
                Assert.Equal(run.DX[Place(1)], run.DU[Place(1)]);
                Near(d * z, run.DH[at]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Units))]
    public void Gradients_that_vanish_are_zero_and_no_subnormal_numbers(int units)
    {
        // Times gates and slopes, some of the gradients are above the smallest one and some below.
        float largest = 4 * SmallestGradient;
        var lstm = new LstmRun(Rows, units, threads: 1, largest);
        for (int at = 0; at < lstm.C.Length; at++)
        {
            (int row, int unit) = (at / units, at % units);
            double Gate(int gate)
            {
                int place = (((row * 4) + gate) * units) + unit;
                return Logistic((double)lstm.X[place] + lstm.H[place]);
            }

            NearOrZero(lstm.DNext[at] * Gate(1), lstm.DC[at]);
            NearOrZero(lstm.DOutput[at] * Gate(3) * (1 - Gate(3)), lstm.DX[(((row * 4) + 3) * units) + unit]);
        }

        var gru = new GruRun(Rows, units, threads: 1, largest);
        for (int at = 0; at < gru.H.Length; at++)
        {
            int place = (((at / units * 3) + 1) * units) + (at % units);
            NearOrZero(gru.DNext[at] * Logistic((double)gru.X[place] + gru.U[place]), gru.DH[at]);
        }

        foreach (float[] gradients in (float[][])[lstm.DX, lstm.DH, lstm.DC, gru.DX, gru.DU, gru.DH])
            Assert.DoesNotContain(gradients, g => g != 0 && Math.Abs(g) < SmallestGradient);
    }

    [Fact]
    public void A_gradient_that_is_no_number_stays_so()
    {
        var run = new LstmRun(Rows, 17, threads: 1, float.NaN);
        Assert.All(run.DC, d => Assert.True(float.IsNaN(d)));
        Assert.All(run.DX, d => Assert.True(float.IsNaN(d)));
        Assert.All(new GruRun(Rows, 17, threads: 1, float.NaN).DH, d => Assert.True(float.IsNaN(d)));
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused_by_name()
    {
        using WorkerPool pool = WorkerPool.Serial();
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            GruCell.Forward(
                pool,
                4,
                new GruValues
                {
                    X = new float[24],
                    U = new float[23],
                    H = new float[8],
                    Next = new float[8],
                    Gates = new float[24],
                }
            )
        );
        Assert.Contains("u has 23 values where the cell has 24", error.Message);
        error = Assert.Throws<ArgumentException>(() =>
            LstmCell.Forward(
                pool,
                3,
                new LstmValues
                {
                    X = new float[16],
                    H = new float[16],
                    C = new float[4],
                    Next = new float[4],
                    Output = new float[4],
                    Gates = new float[12],
                }
            )
        );
        Assert.Contains("4 values are not rows of 3 units", error.Message);
    }

    private static void Near(double expected, float actual) =>
        Assert.True(
            Math.Abs(expected - actual) <= Tolerance * Math.Max(1, Math.Abs(expected)),
            $"{actual} is not {expected}"
        );

    // Whatever is nearer than roundings to the smallest gradient may be either.
    private static void NearOrZero(double expected, float actual)
    {
        bool isKept = Math.Abs(actual) >= SmallestGradient;
        if (isKept)
            Assert.True(Math.Abs(expected - actual) <= Tolerance * Math.Abs(expected), $"{actual} is not {expected}");
        else
            Assert.True(Math.Abs(expected) < SmallestGradient * (1 + Tolerance), $"{expected} became {actual}");
    }

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));
}
