namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>One of the values of which pixels are made, on a grid of its own; its buffers grow and are used again.</summary>
internal sealed class JpegComponent
{
    /// <summary>Values of a block.</summary>
    public const int BlockValues = 64;

    private readonly int[] _quantization = new int[BlockValues];
    private short[] _coefficients = [];
    private byte[] _samples = [];

    /// <summary>What scans call it.</summary>
    public byte Id { get; private set; }

    /// <summary>Blocks along the width of a group.</summary>
    public int Across { get; private set; }

    /// <summary>Blocks along the height of a group.</summary>
    public int Down { get; private set; }

    /// <summary>Which quantization table it uses.</summary>
    public int Table { get; private set; }

    /// <summary>Blocks along the width that hold pixels; those of a whole number of groups may be more.</summary>
    public int BlocksAcross { get; private set; }

    /// <summary>Blocks along the height that hold pixels.</summary>
    public int BlocksDown { get; private set; }

    /// <summary>Samples along a side of a decoded block: 8, or fewer where the image is scaled.</summary>
    public int BlockSide { get; private set; }

    /// <summary>Pixels along the width of a sample.</summary>
    public int PixelsAcross { get; private set; }

    /// <summary>Pixels along the height of a sample.</summary>
    public int PixelsDown { get; private set; }

    /// <summary>Samples of a row that belong to the image.</summary>
    public int Width { get; private set; }

    /// <summary>Rows that belong to the image.</summary>
    public int Height { get; private set; }

    /// <summary>Samples from one row to the next.</summary>
    public int Stride { get; private set; }

    /// <summary>The last first value of a block, to which the next is a difference.</summary>
    public int Prediction { get; set; }

    /// <summary>Codes of first values, for the present scan.</summary>
    public HuffmanTable? First { get; set; }

    /// <summary>Codes of other values, for the present scan.</summary>
    public HuffmanTable? Others { get; set; }

    /// <summary>Whether a scan of it was read.</summary>
    public bool IsScanned { get; private set; }

    /// <summary>Of each value of a block, in the order of the file, how many low bits are still to come; -1 where all are.</summary>
    public sbyte[] Missing { get; } = new sbyte[BlockValues];

    /// <summary>What values are multiplied by, row by row.</summary>
    public ReadOnlySpan<int> Quantization => _quantization;

    private int PaddedAcross { get; set; }

    /// <summary>Takes over what the frame says.</summary>
    public void Describe(byte id, int across, int down, int table)
    {
        (Id, Across, Down, Table) = (id, across, down, table);
        IsScanned = false;
        Missing.AsSpan().Fill(-1);
    }

    /// <summary>Lays out blocks and samples.</summary>
    /// <param name="frame">The frame it belongs to.</param>
    /// <param name="eighths">The scale of the image.</param>
    /// <exception cref="InvalidDataException">It lies between the pixels in a way that is not decoded.</exception>
    public void Lay(JpegFrame frame, int eighths)
    {
        BlockSide = eighths;
        // Values on a coarser grid are scaled less, rather than scaled down and up again.
        while (
            BlockSide < JpegScale.Full
            && frame.SamplingAcross * eighths % (2 * Across * BlockSide) == 0
            && frame.SamplingDown * eighths % (2 * Down * BlockSide) == 0
        )
            BlockSide *= 2;
        (PixelsAcross, int beyond) = Math.DivRem(frame.SamplingAcross * eighths, Across * BlockSide);
        (PixelsDown, int below) = Math.DivRem(frame.SamplingDown * eighths, Down * BlockSide);
        if (beyond != 0 || below != 0)
            throw new InvalidDataException("its JPEG frame has a colour whose grid does not divide that of the pixels");
        BlocksAcross = Share(frame.Width, Across, frame.SamplingAcross * JpegScale.Full);
        BlocksDown = Share(frame.Height, Down, frame.SamplingDown * JpegScale.Full);
        Width = Share(frame.Width, Across * BlockSide, frame.SamplingAcross * JpegScale.Full);
        Height = Share(frame.Height, Down * BlockSide, frame.SamplingDown * JpegScale.Full);
        PaddedAcross = frame.GroupsAcross * Across;
        int blocks = checked(PaddedAcross * frame.GroupsDown * Down);
        Stride = PaddedAcross * BlockSide;
        if (_samples.Length < blocks * BlockSide * BlockSide)
            _samples = GC.AllocateUninitializedArray<byte>(checked(blocks * BlockSide * BlockSide));
        if (!frame.IsProgressive)
            return;
        int values = checked(blocks * BlockValues);
        if (_coefficients.Length < values)
            _coefficients = new short[values];
        else
            Array.Clear(_coefficients, 0, values);
    }

    /// <summary>Notes that a scan of it begins, and keeps the quantization that holds then for all of them.</summary>
    public void Begin(ReadOnlySpan<int> quantization)
    {
        if (!IsScanned)
            quantization.CopyTo(_quantization);
        IsScanned = true;
    }

    /// <summary>The values of a block that all scans of a progressive file work on, row by row.</summary>
    public Span<short> Coefficients(int x, int y) =>
        _coefficients.AsSpan(((y * PaddedAcross) + x) * BlockValues, BlockValues);

    /// <summary>Where the samples of a block go, <see cref="Stride"/> apart.</summary>
    public Span<byte> BlockSamples(int x, int y) => _samples.AsSpan(((y * Stride) + x) * BlockSide);

    /// <summary>A row of samples; those beyond the first and the last row are like these.</summary>
    public ReadOnlySpan<byte> Row(int y) => _samples.AsSpan(Math.Clamp(y, 0, Height - 1) * Stride, Width);

    private static int Share(int side, int part, int whole) => (int)((((long)side * part) + whole - 1) / whole);
}
