using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// How a [rows, channels] problem is cut into tiles. It follows from the shape (and the machine's vector width, which
/// changes no bit of a result), never from the number of threads.
/// </summary>
internal readonly record struct NormPlan
{
    /// <summary>Rows whose sums are kept in single precision before they are folded into doubles.</summary>
    public const int BlockRows = 64;

    // A tile below this size costs more to hand to another thread than to compute.
    private const int SmallestChunkElements = 32 * 1024;
    private const int MostChunks = 64;

    // Sigmoids of so many take one to two microseconds.
    private const int SmallestMapElements = 1536;

    // Channels are narrow below this: several rows are then read as one, to fill the registers.
    private const int NarrowChannels = 64;

    /// <summary>Rows of the problem.</summary>
    public required int Rows { get; init; }

    /// <summary>Channels of the problem.</summary>
    public required int Channels { get; init; }

    /// <summary>
    /// Floats from one folded row of the output, or of its gradient, to the next: more than <see cref="Columns"/> where it is
    /// a slice of a wider matrix. Inputs and their gradients are dense.
    /// </summary>
    public required int OutputStride { get; init; }

    /// <summary>Rows read as one wide row, a power of two.</summary>
    public required int Fold { get; init; }

    /// <summary>Folded rows in one tile, a multiple of <see cref="BlockRows"/> unless the tile holds all of them.</summary>
    public required int ChunkRows { get; init; }

    /// <summary>Whether outputs are large enough to be written past the caches.</summary>
    public required bool Streaming { get; init; }

    /// <summary>Floats in the widest register to use.</summary>
    public required int Width { get; init; }

    /// <summary>Width of a folded row.</summary>
    public int Columns => Channels * Fold;

    /// <summary>Wide rows.</summary>
    public int FoldedRows => Rows / Fold;

    /// <summary>Rows left over by folding; fewer than <see cref="Fold"/>.</summary>
    public int TailRows => Rows % Fold;

    /// <summary>Where the rows left over begin, in floats.</summary>
    public nint TailOffset => (nint)FoldedRows * Columns;

    /// <summary>Tiles in all.</summary>
    public int Chunks => (FoldedRows + ChunkRows - 1) / ChunkRows;

    /// <summary>Partial results per channel of a reduction.</summary>
    public int Partials => (Chunks * Fold) + (TailRows > 0 ? 1 : 0);

    /// <summary>Rows of the problem behind partial result <paramref name="partial"/>.</summary>
    public int RowsOf(int partial)
    {
        int chunk = partial / Fold;
        return chunk == Chunks ? TailRows : Math.Min(ChunkRows, FoldedRows - (chunk * ChunkRows));
    }

    /// <summary>Whether registers can be written past the caches to <paramref name="output"/>, which asks for alignment.</summary>
    public unsafe bool StreamsTo(float* output) => Streaming && StreamingStore.Reaches(output, Columns, Width);

    /// <summary>
    /// The same for the output of a map, which may be a slice of a wider matrix: its neighbours are written too, so all of it counts. To fetch lines that
    /// are about to be overwritten costs more there, because a processor does not see them coming.
    /// </summary>
    public unsafe bool StreamsToRows(float* output) =>
        OutputStride == Columns
            ? StreamsTo(output)
            : OutputStride % Width == 0
                && StreamingStore.Pays(sizeof(float) * (long)FoldedRows * (Columns + OutputStride))
                && StreamingStore.Reaches(output, Columns, Width);

    /// <summary>Plans a dense problem of at least one row whose reduction reads <paramref name="inputs"/> tensors.</summary>
    public static NormPlan For(int rows, int channels, int inputs) => For(new NormShape(rows, channels), inputs);

    /// <summary>Plans a backward pass, which reads the output only where the activation's gradient uses it.</summary>
    public static NormPlan ForBackward<TAct>(NormShape shape)
        where TAct : struct, IActivation => For(shape, TAct.GradientUsesOutput ? 3 : 2);

    /// <summary>
    /// The same tiles, or smaller ones where these are too few for several threads: for a pass that leaves no partial results to be merged.
    /// </summary>
    public NormPlan ForMap() =>
        Chunks > 1 ? this : this with { ChunkRows = Math.Max(1, SmallestMapElements / Columns) };

    /// <summary>Plans a problem of at least one row whose reduction reads <paramref name="inputs"/> tensors.</summary>
    public static NormPlan For(NormShape shape, int inputs)
    {
        (int rows, int channels, int stride) = shape;
        int fold = stride == channels ? FoldOf(rows, channels) : 1;
        int foldedRows = rows / fold;
        int columns = channels * fold;
        long bytes = sizeof(float) * (long)rows * channels;
        bool small = (long)rows * channels < 2 * SmallestChunkElements;
        return new NormPlan
        {
            Rows = rows,
            Channels = channels,
            OutputStride = stride * fold,
            Fold = fold,
            ChunkRows = small ? foldedRows : ChunkRowsOf(foldedRows, columns),
            Streaming = StreamingStore.Pays(bytes * (inputs + 1)),
            Width = BestWidth,
        };
    }

    /// <summary>The widest register that this machine computes on.</summary>
    public static int BestWidth => WidestLanes.Count;

    private static int FoldOf(int rows, int channels)
    {
        if (channels >= NarrowChannels)
            return 1;
        int fold = 1;
        while (channels * fold < NarrowChannels || channels * fold % 16 != 0)
            fold *= 2;
        return rows >= 8 * fold ? fold : 1;
    }

    private static int ChunkRowsOf(int rows, int columns)
    {
        int enough = Math.Max(SmallestChunkElements / columns, (rows + MostChunks - 1) / MostChunks);
        int blocks = Math.Max(1, (enough + BlockRows - 1) / BlockRows);
        return blocks * BlockRows;
    }
}

/// <summary>Consecutive rows of a matrix.</summary>
/// <param name="Chunk">Its number: where its partial results go.</param>
/// <param name="Row">First row.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Columns">Width of a row, in floats.</param>
internal readonly record struct Tile(int Chunk, int Row, int Rows, int Columns)
{
    /// <summary>Tile <paramref name="index"/> of <paramref name="plan"/>.</summary>
    public static Tile Of(in NormPlan plan, int index)
    {
        int row = index * plan.ChunkRows;
        return new Tile(index, row, Math.Min(plan.ChunkRows, plan.FoldedRows - row), plan.Columns);
    }

    /// <summary>The rows that folding leaves over, as a matrix of their own with one column per channel.</summary>
    public static Tile Tail(in NormPlan plan) => new(0, 0, plan.TailRows, plan.Channels);
}

/// <summary>Runs an elementwise pass over a tile.</summary>
internal static class TileSweep
{
    // Narrow tiles keep their coefficients in registers over many rows; wide ones go along a few rows at a time, so
    // that memory is read and written in order.
    private const int NarrowColumns = 64;
    private const int RowsTogether = 8;

    /// <summary>Runs <paramref name="pass"/> over every element of <paramref name="tile"/>.</summary>
    [MethodImpl(HotMethods.Loop)]
    public static void Run<TPass>(ref TPass pass, int width, in Tile tile)
        where TPass : struct, IColumnPass
    {
        int together = tile.Columns <= NarrowColumns ? NormPlan.BlockRows : RowsTogether;
        for (int done = 0; done < tile.Rows; done += together)
        {
            int rows = Math.Min(together, tile.Rows - done);
            ColumnPass.Run(ref pass, width, tile.Row + done, rows, tile.Columns);
        }
    }
}
