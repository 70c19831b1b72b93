namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>Scans of a progressive file that add a bit to the first value of each block, T.81 G.1.2.1.</summary>
internal sealed class FirstValueRefinement : ScanDecoder
{
    /// <inheritdoc/>
    protected override void Block(ref EntropyBits bits, JpegScan scan, JpegComponent component, int x, int y)
    {
        if (bits.Take(1) != 0)
            component.Coefficients(x, y)[0] |= (short)(1 << scan.Bit);
    }
}
