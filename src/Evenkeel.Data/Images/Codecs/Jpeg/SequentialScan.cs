namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>Scans that hold blocks as a whole, which become samples at once, T.81 annex F.</summary>
internal sealed class SequentialScan : ScanDecoder
{
    private readonly short[] _block = new short[JpegComponent.BlockValues];

    /// <inheritdoc/>
    protected override void Block(ref EntropyBits bits, JpegScan scan, JpegComponent component, int x, int y)
    {
        Span<short> block = _block;
        block.Clear();
        block[0] = (short)FirstValue(ref bits, component);
        HuffmanTable others = component.Others!;
        for (int place = 1; place < JpegComponent.BlockValues; place++)
        {
            int symbol = others.Decode(ref bits);
            (int run, int length) = (symbol >> 4, symbol & 15);
            if (length == 0)
            {
                if (run < 15)
                    break;
                place += run;
                continue;
            }

            place += run;
            block[ZigZag.Natural[place]] = (short)bits.TakeSigned(length);
        }

        InverseDct.Write(block, component, x, y);
    }
}
