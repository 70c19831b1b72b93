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

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));
}
