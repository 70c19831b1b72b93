namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>Scans of a progressive file that add a bit to some values of each block but the first, T.81 G.1.2.3.</summary>
internal sealed class BandRefinement : ScanDecoder
{
    // Blocks to come without new values; those that they have are refined.
    private int _empty;

    /// <inheritdoc/>
    protected override void Restart(JpegScan scan) => _empty = 0;

    /// <inheritdoc/>
    protected override void Block(ref EntropyBits bits, JpegScan scan, JpegComponent component, int x, int y)
    {
        Span<short> block = component.Coefficients(x, y);
        HuffmanTable others = component.Others!;
        int place = scan.From;
        while (_empty == 0 && place <= scan.To)
        {
            int symbol = others.Decode(ref bits);
            (int run, int length) = (symbol >> 4, symbol & 15);
            if (length > 1)
                throw new InvalidDataException("its JPEG data adds more than a bit to a value");
            if (length == 0 && run < 15)
            {
                _empty = (1 << run) + (run == 0 ? 0 : bits.Take(run));
                break;
            }

            int sign = length == 0 ? 0 : (2 * bits.Take(1)) - 1;
            place = Refine(ref bits, scan, block, place, run);
            if (sign != 0)
                block[ZigZag.Natural[place]] = (short)(sign * (1 << scan.Bit));
            place++;
        }

        if (_empty == 0)
            return;
        Refine(ref bits, scan, block, place, JpegComponent.BlockValues);
        _empty--;
    }

    // Adds a bit to values that are not 0, up to the place behind so many zeros.
    private static int Refine(ref EntropyBits bits, JpegScan scan, Span<short> block, int place, int zeros)
    {
        int bit = 1 << scan.Bit;
        for (; place <= scan.To; place++)
        {
            ref short value = ref block[ZigZag.Natural[place]];
            if (value == 0)
            {
                if (zeros-- == 0)
                    break;
            }
            else if (bits.Take(1) != 0 && (value & bit) == 0)
            {
                value += (short)(value > 0 ? bit : -bit);
            }
        }

        return place;
    }
}
