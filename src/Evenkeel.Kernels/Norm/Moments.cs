using System.Numerics;
using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// The moments of the channels of [rows, channels] matrices.
/// <para>
/// They are taken in blocks of rows relative to a value near the block's mean and merged in double precision, so they hold for
/// means 10^4 times the standard deviation, and a constant channel has no variance at all. Results do not depend on the number
/// of threads or on the width of the machine's registers. Deviations beyond 10^18 overflow single precision; NaN and infinities
/// in a channel make its moments NaN and leave the other channels alone.
/// </para>
/// </summary>
public static unsafe class Moments
{
    /// <summary>Count, mean and M2 of each channel.</summary>
    /// <param name="pool">The threads to use.</param>
    /// <param name="rows">Values per channel, 0 or more.</param>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="moments">Receives the moments.</param>
    /// <exception cref="ArgumentException">A size does not fit.</exception>
    public static void Run(WorkerPool pool, int rows, int channels, ReadOnlySpan<float> x, in ChannelMoments moments)
    {
        ArgumentNullException.ThrowIfNull(pool);
        MatrixArguments.CheckShape(rows, channels);
        MatrixArguments.CheckMatrix(rows, channels, x.Length);
        moments.Check(channels);
        if (rows > 0)
            Run(pool, NormPlan.For(rows, channels, inputs: 1), x, moments);
        else
            moments.Clear();
    }

    /// <summary>The same of the rows that a mask counts, one after the other in double precision (Welford 1962).</summary>
    /// <param name="channels">Channels, 1 or more.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="mask">[rows]: 0 leaves the row out.</param>
    /// <param name="moments">Receives the moments.</param>
    /// <exception cref="ArgumentException">A size does not fit.</exception>
    public static void Run(int channels, ReadOnlySpan<float> x, ReadOnlySpan<float> mask, in ChannelMoments moments)
    {
        MatrixArguments.CheckShape(mask.Length, channels);
        MatrixArguments.CheckMatrix(mask.Length, channels, x.Length);
        moments.Check(channels);
        moments.Clear();
        for (int row = 0; row < mask.Length; row++)
        {
            if (mask[row] != 0)
                Add(x.Slice(row * channels, channels), ++moments.Count, moments.Mean, moments.M2);
        }
    }

    internal static void Run(WorkerPool pool, in NormPlan plan, ReadOnlySpan<float> x, in ChannelMoments moments)
    {
        using Scratch lent = NormWorkspace.Borrow(pool, plan);
        var workspace = new NormWorkspace(lent, plan);
        fixed (float* px = x)
        {
            var work = new MomentsWork(plan, px, workspace);
            pool.For(plan.Chunks, ref work);
            if (plan.TailRows > 0)
                work.Tail();
        }

        // The first part itself: a constant channel keeps its value to the last bit.
        moments.Count = plan.RowsOf(0);
        new Span<double>(workspace.First, plan.Channels).CopyTo(moments.Mean);
        new Span<double>(workspace.Second, plan.Channels).CopyTo(moments.M2);
        for (int p = 1; p < plan.Partials; p++)
        {
            nint at = (nint)p * plan.Channels;
            var mean = new ReadOnlySpan<double>(workspace.First + at, plan.Channels);
            moments.Merge(plan.RowsOf(p), mean, new ReadOnlySpan<double>(workspace.Second + at, plan.Channels));
        }
    }

    private static void Add(ReadOnlySpan<float> row, double count, Span<double> mean, Span<double> m2)
    {
        for (int c = 0; c < row.Length; c++)
        {
            double difference = row[c] - mean[c];
            mean[c] += difference / count;
            m2[c] += difference * (row[c] - mean[c]);
        }
    }
}

/// <summary>The reduction of one tile: sums of blocks in single precision, folded into doubles.</summary>
internal static unsafe class TileMoments
{
    // Beyond this share of the squares, their digits would cancel: the block is summed again about its own mean. The first
    // block of a tile starts from its first row, later ones from the mean of the block before, so this is rare.
    private const float FarOff = 0.75f;

    // Every column that is not already at its mean.
    private const float Anywhere = 0f;

    /// <summary>Mean and sum of squared deviations of the columns of <paramref name="tile"/>, into doubles per column.</summary>
    /// <param name="x">The matrix.</param>
    /// <param name="width">Floats in the widest register to use.</param>
    /// <param name="tile">The rows to read.</param>
    /// <param name="reference">Room for one float per column of the matrix.</param>
    /// <param name="sums">Room for one float per column of the matrix.</param>
    /// <param name="squares">Room for one float per column of the matrix.</param>
    /// <param name="mean">Receives the mean of each column.</param>
    /// <param name="m2">Receives the sum of squared deviations of each column.</param>
    [MethodImpl(HotMethods.Loop)]
    public static void Sum(
        float* x,
        int width,
        in Tile tile,
        float* reference,
        float* sums,
        float* squares,
        double* mean,
        double* m2
    )
    {
        new Span<double>(mean, tile.Columns).Clear();
        new Span<double>(m2, tile.Columns).Clear();
        float* k = x + ((nint)tile.Row * tile.Columns);
        for (int done = 0; done < tile.Rows; done += NormPlan.BlockRows)
        {
            int row = tile.Row + done;
            int rows = Math.Min(NormPlan.BlockRows, tile.Rows - done);
            var pass = new MomentsPass(x, tile.Columns, k, sums, squares);
            ColumnPass.Run(ref pass, width, row, rows, tile.Columns);
            if (MoveReference(k, sums, squares, reference, tile.Columns, rows, FarOff))
            {
                pass = new MomentsPass(x, tile.Columns, reference, sums, squares);
                ColumnPass.Run(ref pass, width, row, rows, tile.Columns);
            }

            k = reference;
            AddBlock(k, sums, squares, mean, m2, tile, rows, done);
            MoveReference(k, sums, squares, reference, tile.Columns, rows, Anywhere);
        }
    }

    // Replaces the references of columns whose sum^2/rows exceeds a share of the squares by the means of the block, and
    // keeps the others: no channel depends on another. Says whether any was replaced.
    private static bool MoveReference(
        float* k,
        float* s,
        float* q,
        float* reference,
        int columns,
        int rows,
        float share
    )
    {
        float perRow = 1f / rows;
        Vector<int> any = Vector<int>.Zero;
        int c = 0;
        for (; c + Vector<float>.Count <= columns; c += Vector<float>.Count)
        {
            Vector<float> sum = Vector.Load(s + c);
            Vector<float> old = Vector.Load(k + c);
            Vector<int> far = Vector.GreaterThan(sum * sum * perRow, Vector.Load(q + c) * share);
            Vector.ConditionalSelect(far, old + (sum * perRow), old).Store(reference + c);
            any |= far;
        }

        bool found = any != Vector<int>.Zero;
        for (; c < columns; c++)
        {
            bool far = s[c] * s[c] * perRow > q[c] * share;
            reference[c] = far ? k[c] + (s[c] * perRow) : k[c];
            found |= far;
        }

        return found;
    }

    // Folds the sums about k into the running mean and sum of squared deviations.
    private static void AddBlock(
        float* k,
        float* s,
        float* q,
        double* mean,
        double* m2,
        in Tile tile,
        int rows,
        int before
    )
    {
        double weight = (double)rows / (before + rows);
        double spread = weight * before;
        double perRow = 1.0 / rows;
        int c = 0;
        for (; c + Vector<float>.Count <= tile.Columns; c += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(k + c), out Vector<double> k0, out Vector<double> k1);
            Vector.Widen(Vector.Load(s + c), out Vector<double> s0, out Vector<double> s1);
            Vector.Widen(Vector.Load(q + c), out Vector<double> q0, out Vector<double> q1);
            Add(k0, s0, q0, mean + c, m2 + c, weight, spread, perRow);
            int half = c + Vector<double>.Count;
            Add(k1, s1, q1, mean + half, m2 + half, weight, spread, perRow);
        }

        for (; c < tile.Columns; c++)
        {
            double own = s[c] * perRow;
            double squares = q[c] - (s[c] * own);
            double difference = k[c] + own - mean[c];
            mean[c] += difference * weight;
            m2[c] += (squares < 0 ? 0 : squares) + (difference * difference * spread);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(
        Vector<double> k,
        Vector<double> s,
        Vector<double> q,
        double* mean,
        double* m2,
        double weight,
        double spread,
        double perRow
    )
    {
        Vector<double> own = s * perRow;
        Vector<double> squares = q - (s * own);
        squares = Vector.ConditionalSelect(Vector.LessThan(squares, Vector<double>.Zero), Vector<double>.Zero, squares);
        Vector<double> old = Vector.Load(mean);
        Vector<double> difference = k + own - old;
        (old + (difference * weight)).Store(mean);
        (Vector.Load(m2) + (squares + (difference * difference * spread))).Store(m2);
    }
}
