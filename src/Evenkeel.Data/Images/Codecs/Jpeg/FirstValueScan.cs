namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>Scans of a progressive file that hold the high bits of the first value of each block, T.81 G.1.2.1.</summary>
internal sealed class FirstValueScan : ScanDecoder
{
    /// <inheritdoc/>
    protected override void Block(ref EntropyBits bits, JpegScan scan, JpegComponent component, int x, int y) =>
        component.Coefficients(x, y)[0] = (short)(FirstValue(ref bits, component) << scan.Bit);
}
