namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>Scans of a progressive file that hold the high bits of some values of each block but the first, T.81 G.1.2.2.</summary>
internal sealed class BandScan : ScanDecoder
{
    // Blocks to come without further values.
    private int _empty;

    /// <inheritdoc/>
    protected override void Restart(JpegScan scan) => _empty = 0;

    /// <inheritdoc/>
    protected override void Block(ref EntropyBits bits, JpegScan scan, JpegComponent component, int x, int y)
    {
        if (_empty > 0)
        {
            _empty--;
            return;
        }

        Span<short> block = component.Coefficients(x, y);
        HuffmanTable others = component.Others!;
        for (int place = scan.From; place <= scan.To; place++)
        {
            int symbol = others.Decode(ref bits);
            (int run, int length) = (symbol >> 4, symbol & 15);
            if (length == 0 && run < 15)
            {
                _empty = (1 << run) - 1 + (run == 0 ? 0 : bits.Take(run));
                return;
            }

            place += run;
            if (length > 0)
                block[ZigZag.Natural[place]] = (short)(bits.TakeSigned(length) << scan.Bit);
        }
    }
}
