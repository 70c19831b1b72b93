using System.Numerics;
using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Norm;

/// <summary>Means and sums of squared deviations in double precision (Chan, Golub and LeVeque 1979).</summary>
internal static unsafe class Moments
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
    public static void OfTile(
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

    /// <summary>
    /// Mean and biased variance of each channel out of the partial results in <paramref name="means"/> and
    /// <paramref name="m2s"/>. Works about the mean of the first, so it is exact where all means are equal.
    /// </summary>
    public static void Merge(in NormPlan plan, double* means, double* m2s, double* mean, double* variance)
    {
        new Span<double>(mean, plan.Channels).Clear();
        new Span<double>(variance, plan.Channels).Clear();
        for (int p = 1; p < plan.Partials; p++)
            AddMeans(means + ((nint)p * plan.Channels), means, plan.RowsOf(p), mean, plan.Channels);
        double perRow = 1.0 / plan.Rows;
        for (int c = 0; c < plan.Channels; c++)
            mean[c] = means[c] + (mean[c] * perRow);
        for (int p = 0; p < plan.Partials; p++)
        {
            nint at = (nint)p * plan.Channels;
            AddSquares(means + at, m2s + at, plan.RowsOf(p), mean, variance, plan.Channels);
        }

        for (int c = 0; c < plan.Channels; c++)
            variance[c] *= perRow;
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

    private static void AddMeans(double* part, double* origin, double rows, double* sum, int channels)
    {
        int c = 0;
        for (; c + Vector<double>.Count <= channels; c += Vector<double>.Count)
            (Vector.Load(sum + c) + ((Vector.Load(part + c) - Vector.Load(origin + c)) * rows)).Store(sum + c);
        for (; c < channels; c++)
            sum[c] += (part[c] - origin[c]) * rows;
    }

    private static void AddSquares(double* part, double* m2, double rows, double* mean, double* sum, int channels)
    {
        int c = 0;
        for (; c + Vector<double>.Count <= channels; c += Vector<double>.Count)
        {
            Vector<double> d = Vector.Load(part + c) - Vector.Load(mean + c);
            (Vector.Load(sum + c) + (Vector.Load(m2 + c) + (d * d * rows))).Store(sum + c);
        }

        for (; c < channels; c++)
        {
            double d = part[c] - mean[c];
            sum[c] += m2[c] + (d * d * rows);
        }
    }
}
