using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed class AxisGatherTests
{
    // Rows backwards, columns doubled, one row of nothing in front.
    private static readonly AxisPlan Tables = new([AxisPlan.Nothing, 3, 0], [0, 0, 1, 1, 2, 2]);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Values_go_where_the_tables_say_and_gradients_come_back(int threads)
    {
        using var pool = new WorkerPool(threads);
        float[] y = new float[36];
        AxisGather.Forward(pool, Tables, 9, 2, [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16], y);
        Assert.Equal([9, 9, 9, 9, 9, 9, 4, 4, 5, 5, 6, 6, 1, 1, 2, 2, 3, 3], y[..18]);
        Assert.Equal([9, 9, 9, 9, 9, 9, 14, 14, 15, 15, 16, 16, 11, 11, 12, 12, 13, 13], y[18..]);
        float[] dx = [7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7];
        AxisGather.Backward(pool, Tables, 2, [.. Enumerable.Range(0, 36).Select(i => (float)i)], dx);
        Assert.Equal([25, 29, 33, 13, 17, 21, 61, 65, 69, 49, 53, 57], dx);
    }

    // Runs of neighbours, repetitions, gaps and loose places, in rows shorter and longer than what is taken together, over several chunks.
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Every_kind_of_run_is_that_of_the_definition(int threads)
    {
        using var pool = new WorkerPool(threads);
        var random = new Random(5);
        for (int trial = 0; trial < 60; trial++)
        {
            int[][] tables = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Axis(random, trial % 10 == 9))];
            int furthest = tables.Sum(t => t.Max(o => Math.Max(o, 0))),
                made = tables.Aggregate(1, (n, t) => n * t.Length),
                length = furthest + 1 + random.Next(3);
            float[] x = [.. Enumerable.Range(0, 2 * length).Select(i => (float)i)],
                y = new float[2 * made],
                dx = new float[x.Length];
            var plan = new AxisPlan(tables);
            Assert.Equal(made, plan.Count);
            AxisGather.Forward(pool, plan, -7, 2, x, y);
            float[] dy = [.. Enumerable.Range(0, y.Length).Select(i => (float)(i % 5))],
                sums = new float[x.Length];
            for (int i = 0; i < y.Length; i++)
            {
                int place = PlaceOf(tables, i % made);
                int source = (i / made * length) + place;
                if (y[i] != (place < 0 ? -7 : x[source]))
                    Assert.Fail($"y[{i}] is {y[i]}, from place {place}.");
                if (place >= 0)
                    sums[source] += dy[i];
            }

            AxisGather.Backward(pool, plan, 2, dy, dx);
            Assert.True(sums.AsSpan().SequenceEqual(dx));
        }
    }

    // As a channel shuffle takes them: of no, one and several registers, with and without a rest and a gap.
    [Fact]
    public void Two_runs_in_turn_are_that_of_the_definition()
    {
        using WorkerPool pool = WorkerPool.Serial();
        for (int pairs = 1; pairs < 42; pairs++)
        {
            int[] shuffled = [.. Enumerable.Range(0, 2 * pairs).Select(c => ((c % 2) * pairs) + (c / 2))],
                cut = pairs % 3 == 0 ? [.. shuffled, AxisPlan.Nothing] : shuffled[(pairs % 2)..];
            float[] x = [.. Enumerable.Range(0, 6 * pairs).Select(i => i + 1f)],
                y = new float[3 * cut.Length];
            AxisGather.Forward(pool, new AxisPlan([0, 2 * pairs, 4 * pairs], cut), -7, 1, x, y);
            for (int i = 0; i < y.Length; i++)
            {
                (int row, int column) = Math.DivRem(i, cut.Length);
                Assert.Equal(cut[column] < 0 ? -7 : x[(row * 2 * pairs) + cut[column]], y[i]);
            }
        }
    }

    private static int[] Axis(Random random, bool isLong)
    {
        int length = isLong ? random.Next(50, 120) : random.Next(1, 30),
            step = random.Next(0, 4);
        int[] axis = [.. Enumerable.Range(0, length).Select(i => i * step)];
        for (int n = random.Next(0, 3); n > 0; n--)
            axis[random.Next(length)] = random.Next(2) == 0 ? AxisPlan.Nothing : random.Next(length);
        return axis;
    }

    private static int PlaceOf(int[][] tables, int index)
    {
        int place = 0;
        foreach (int[] table in tables.Reverse())
        {
            (index, int i) = Math.DivRem(index, table.Length);
            if (table[i] == AxisPlan.Nothing)
                return -1;
            place += table[i];
        }

        return place;
    }

    [Fact]
    public void Tables_that_reach_outside_are_refused()
    {
        using WorkerPool pool = WorkerPool.Serial();
        Assert.Throws<ArgumentException>(() => AxisGather.Forward(pool, Tables, 0, 1, new float[5], new float[18]));
        Assert.Throws<ArgumentException>(() => AxisGather.Forward(pool, Tables, 0, 1, new float[6], new float[17]));
    }
}
