using System.Buffers.Binary;

namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>The size of an image and the components of its pixels; its buffers grow and are used again.</summary>
internal sealed class JpegFrame
{
    private const int Prefix = 6;
    private const int Entry = 3;
    private const int Colors = 4;
    private const int Sampling = 4;

    private readonly JpegComponent[] _components = [new(), new(), new(), new()];
    private int _count;

    /// <summary>Pixels of a row.</summary>
    public int Width { get; private set; }

    /// <summary>Rows.</summary>
    public int Height { get; private set; }

    /// <summary>Whether several scans refine the same values.</summary>
    public bool IsProgressive { get; private set; }

    /// <summary>Most blocks of a component along the width of a group.</summary>
    public int SamplingAcross { get; private set; }

    /// <summary>Most blocks of a component along the height of a group.</summary>
    public int SamplingDown { get; private set; }

    /// <summary>Groups along the width.</summary>
    public int GroupsAcross { get; private set; }

    /// <summary>Groups along the height.</summary>
    public int GroupsDown { get; private set; }

    /// <summary>Whether a frame was read.</summary>
    public bool IsRead => _count > 0;

    /// <summary>The components, in the order of the frame.</summary>
    public ReadOnlySpan<JpegComponent> Components => _components.AsSpan(0, _count);

    /// <summary>Forgets another file's frame.</summary>
    public void Clear() => _count = 0;

    /// <summary>Reads the segment.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or the second of its file.</exception>
    public void Read(byte marker, ReadOnlySpan<byte> body)
    {
        if (IsRead)
            throw new InvalidDataException("its JPEG data has a second frame");
        int count = body.Length < Prefix ? 0 : body[5];
        if (count is < 1 or 2 or > Colors || body.Length != Prefix + (count * Entry))
            throw new InvalidDataException($"its JPEG frame is cut off, or has {count} colours a pixel, not 1, 3 or 4");
        Height = BinaryPrimitives.ReadUInt16BigEndian(body[1..]);
        Width = BinaryPrimitives.ReadUInt16BigEndian(body[3..]);
        if (Height == 0 || Width == 0)
            throw new InvalidDataException($"its JPEG frame has {Width} x {Height} pixels");
        IsProgressive = marker == JpegMarker.Progressive;
        (SamplingAcross, SamplingDown) = (1, 1);
        for (int i = 0; i < count; i++)
            ReadComponent(_components[i], body.Slice(Prefix + (i * Entry), Entry));
        GroupsAcross = Groups(Width, SamplingAcross);
        GroupsDown = Groups(Height, SamplingDown);
        _count = count;
    }

    private void ReadComponent(JpegComponent component, ReadOnlySpan<byte> entry)
    {
        (int across, int down) = (entry[1] >> 4, entry[1] & 15);
        if (across is < 1 or > Sampling || down is < 1 or > Sampling)
            throw new InvalidDataException($"its JPEG frame has a colour of {across} x {down} blocks a group");
        component.Describe(entry[0], across, down, entry[2]);
        (SamplingAcross, SamplingDown) = (Math.Max(SamplingAcross, across), Math.Max(SamplingDown, down));
    }

    private static int Groups(int side, int most) => (side + (most * JpegScale.Full) - 1) / (most * JpegScale.Full);
}
