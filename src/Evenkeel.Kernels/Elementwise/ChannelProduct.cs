using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>Every row of an example times the example's own row of factors: how squeeze-and-excitation weighs channels.</summary>
public static unsafe class ChannelProduct
{
    private const int ChunkValues = 8192;

    /// <summary>y[n, p, c] = x[n, p, c] * factors[n, c].</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="positions">Rows of an example, 1 or more.</param>
    /// <param name="channels">Values of a row, 1 or more.</param>
    /// <param name="x">[examples, positions, channels].</param>
    /// <param name="factors">[examples, channels].</param>
    /// <param name="y">Receives [examples, positions, channels]; may be <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths do not fit, or the spans overlap shifted against each other.</exception>
    public static void Run(
        WorkerPool pool,
        int positions,
        int channels,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> factors,
        Span<float> y
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentOutOfRangeException.ThrowIfLessThan(positions, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        if (factors.Length % channels != 0 || (long)factors.Length * positions != x.Length || x.Length != y.Length)
            throw new ArgumentException(
                $"{x.Length} values in, {y.Length} out and {factors.Length} factors are not {positions} rows of {channels} for each example."
            );
        SpanCheck.SameOrApart(x, y, nameof(x), nameof(y));
        fixed (float* xs = x)
        fixed (float* fs = factors)
        fixed (float* ys = y)
        {
            var blocks = new RowBlocks(x.Length / channels, channels, ChunkValues);
            pool.For(blocks.Count, new Rows(WidestLanes.Count, positions, blocks, xs, fs, ys));
        }
    }

    private readonly struct Rows(int width, int positions, RowBlocks blocks, float* x, float* factors, float* y)
        : IChunkWork
    {
        public void Run(int chunk)
        {
            int channels = blocks.Channels;
            for (int row = blocks.First(chunk); row < blocks.End(chunk); row++)
            {
                nint place = (nint)row * channels;
                var pass = new Pass(x + place, factors + ((nint)(row / positions) * channels), y + place);
                ColumnPass.Run(ref pass, width, 0, 1, channels);
            }
        }
    }

    private readonly struct Pass(float* x, float* factors, float* y) : IColumnPass
    {
        [MethodImpl(HotMethods.Loop)]
        public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
            where TLanes : struct, ILanes<TVec>
            where TVec : unmanaged
        {
            for (; column + TLanes.Count <= columns; column += TLanes.Count)
                TLanes.Store(y + column, TLanes.Multiply(TLanes.Load(x + column), TLanes.Load(factors + column)));
            return column;
        }
    }
}
