namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>The header of a scan: which components it holds, and of a progressive file which of their values and bits.</summary>
internal sealed class JpegScan
{
    private const int GroupBlocks = 10;
    private const int HighestBit = 13;
    private const int LastValue = 63;

    private readonly JpegComponent[] _components = new JpegComponent[4];
    private int _count;

    /// <summary>The components, in the order of their blocks.</summary>
    public ReadOnlySpan<JpegComponent> Components => _components.AsSpan(0, _count);

    /// <summary>The first value of a block, in the order of the file.</summary>
    public int From { get; private set; }

    /// <summary>The last value.</summary>
    public int To { get; private set; }

    /// <summary>The lowest bit that it holds.</summary>
    public int Bit { get; private set; }

    /// <summary>Whether it adds a bit to values of which higher ones are known.</summary>
    public bool IsRefinement { get; private set; }

    /// <summary>Reads the segment and gives the components the tables that hold now.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or does not go on from the scans before.</exception>
    public void Read(ReadOnlySpan<byte> body, JpegFrame frame, JpegTables tables)
    {
        _count = body.Length == 0 ? 0 : body[0];
        if (!frame.IsRead || _count is < 1 or > 4 || body.Length != 4 + (2 * _count))
            throw new InvalidDataException("its JPEG data has a scan without a frame, or of a wrong length");
        ReadOnlySpan<byte> end = body[^3..];
        (From, To) = frame.IsProgressive ? (end[0], end[1]) : (0, LastValue);
        (int above, Bit) = frame.IsProgressive ? (end[2] >> 4, end[2] & 15) : (0, 0);
        IsRefinement = above != 0;
        if (frame.IsProgressive)
            RequireBand(above);
        int blocks = 0;
        for (int i = 0; i < _count; i++)
        {
            JpegComponent component = Find(frame, body[1 + (2 * i)], i);
            _components[i] = component;
            blocks += component.Across * component.Down;
            component.Begin(tables.Quantization(component.Table));
            int numbers = body[2 + (2 * i)];
            component.First = From == 0 && !IsRefinement ? tables.First(numbers >> 4) : null;
            component.Others = To > 0 ? tables.Others(numbers & 15) : null;
            if (frame.IsProgressive)
                Advance(component, above);
        }

        if (_count > 1 && blocks > GroupBlocks)
            throw new InvalidDataException(
                $"its JPEG data has a scan of {blocks} blocks a group, not up to {GroupBlocks}"
            );
    }

    private void RequireBand(int above)
    {
        bool isBand = From == 0 ? To == 0 : _count == 1 && From <= To && To <= LastValue;
        if (!isBand || Bit > HighestBit || (IsRefinement && Bit != above - 1))
            throw new InvalidDataException($"its JPEG data has a scan of the values {From} to {To} from bit {Bit} on");
    }

    private JpegComponent Find(JpegFrame frame, byte id, int before)
    {
        foreach (JpegComponent component in frame.Components)
        {
            if (component.Id == id && !_components.AsSpan(0, before).Contains(component))
                return component;
        }

        throw new InvalidDataException($"its JPEG data has a scan of the colour {id}, which is unknown or named twice");
    }

    private void Advance(JpegComponent component, int above)
    {
        Span<sbyte> missing = component.Missing;
        bool follows = From == 0 || missing[0] >= 0;
        for (int i = From; i <= To; i++)
        {
            follows &= Math.Max((int)missing[i], 0) == above;
            missing[i] = (sbyte)Bit;
        }

        if (!follows)
            throw new InvalidDataException("its JPEG data has a scan that does not go on from those before it");
    }
}
