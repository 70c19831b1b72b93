using System.Runtime.Intrinsics;

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

    // Channels are narrow below this: several rows are then read as one, to fill the registers.
    private const int NarrowChannels = 64;
    private const int StripChannels = 64;

    // A strip of columns that is read twice stays in a second-level cache of 1 MiB or more.
    private const long StripBytes = 1 << 20;

    // From here on, outputs are written past the caches: they would only push out inputs that are still needed.
    private const long StreamingBytes = 24L << 20;

    /// <summary>Rows of the problem.</summary>
    public required int Rows { get; init; }

    /// <summary>Channels of the problem.</summary>
    public required int Channels { get; init; }

    /// <summary>Rows read as one wide row, a power of two.</summary>
    public required int Fold { get; init; }

    /// <summary>Folded rows in one tile, a multiple of <see cref="BlockRows"/> unless the tile holds all of them.</summary>
    public required int ChunkRows { get; init; }

    /// <summary>Columns in one tile.</summary>
    public required int StripColumns { get; init; }

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

    /// <summary>Tiles along the rows.</summary>
    public int Chunks => (FoldedRows + ChunkRows - 1) / ChunkRows;

    /// <summary>Tiles along the columns.</summary>
    public int Strips => (Columns + StripColumns - 1) / StripColumns;

    /// <summary>Tiles in all.</summary>
    public int Tiles => Chunks * Strips;

    /// <summary>Whether a tile sees every row of its channels, so that it can reduce and apply in one go.</summary>
    public bool WholeChannels => Chunks == 1 && Fold == 1;

    /// <summary>Partial results per channel of a reduction.</summary>
    public int Partials => (Chunks * Fold) + (TailRows > 0 ? 1 : 0);

    /// <summary>Rows of the problem behind partial result <paramref name="partial"/>.</summary>
    public int RowsOf(int partial)
    {
        int chunk = partial / Fold;
        return chunk == Chunks ? TailRows : Math.Min(ChunkRows, FoldedRows - (chunk * ChunkRows));
    }

    /// <summary>Whether registers can be written past the caches to <paramref name="output"/>, which asks for alignment.</summary>
    public unsafe bool StreamsTo(float* output) =>
        Streaming && Columns % Width == 0 && (nuint)output % (nuint)(Width * sizeof(float)) == 0;

    /// <summary>Plans a problem of at least one row whose reduction reads <paramref name="inputs"/> tensors.</summary>
    public static NormPlan For(int rows, int channels, int inputs)
    {
        int fold = FoldOf(rows, channels);
        int foldedRows = rows / fold;
        int columns = channels * fold;
        long bytes = sizeof(float) * (long)rows * channels;
        bool inStrips =
            fold == 1
            && columns >= 2 * StripChannels
            && (long)rows * StripChannels * sizeof(float) * inputs <= StripBytes;
        bool small = (long)rows * channels < 2 * SmallestChunkElements;
        return new NormPlan
        {
            Rows = rows,
            Channels = channels,
            Fold = fold,
            ChunkRows = inStrips || small ? foldedRows : ChunkRowsOf(foldedRows, columns),
            StripColumns = inStrips && !small ? StripChannels : columns,
            Streaming = bytes * (inputs + 1) > StreamingBytes,
            Width = BestWidth,
        };
    }

    /// <summary>The widest register that this machine computes on.</summary>
    public static int BestWidth =>
        Vector512.IsHardwareAccelerated ? 16
        : Vector256.IsHardwareAccelerated ? 8
        : Vector128.IsHardwareAccelerated ? 4
        : 1;

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
