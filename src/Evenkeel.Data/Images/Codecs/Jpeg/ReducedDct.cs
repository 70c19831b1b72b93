namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>
/// Makes 4 x 4 or 2 x 2 samples of a block's frequencies, with the constants and roundings of libjpeg: the highest frequencies do not show in
/// so small an image.
/// </summary>
internal static class ReducedDct
{
    private const int Side = 8;
    private const int Middle = 128;
    private const int ConstantBits = 13;
    private const int PassBits = 2;
    private const int SideBits = 3;

    /// <summary>Writes 4 x 4 samples.</summary>
    /// <param name="block">Frequencies, row by row.</param>
    /// <param name="quantization">What they are multiplied by.</param>
    /// <param name="samples">From the first on.</param>
    /// <param name="stride">Samples from one row to the next.</param>
    public static void WriteFour(
        ReadOnlySpan<short> block,
        ReadOnlySpan<int> quantization,
        Span<byte> samples,
        int stride
    )
    {
        Span<int> columns = stackalloc int[4 * Side];
        Span<int> line = stackalloc int[Side];
        Span<int> four = stackalloc int[4];
        for (int x = 0; x < Side; x++)
        {
            for (int y = 0; y < Side; y++)
                line[y] = block[(y * Side) + x] * quantization[(y * Side) + x];
            Four(line, four, ConstantBits - PassBits + 1);
            for (int y = 0; y < 4; y++)
                columns[(y * Side) + x] = four[y];
        }

        for (int y = 0; y < 4; y++)
        {
            Four(columns.Slice(y * Side, Side), four, ConstantBits + PassBits + SideBits + 1);
            for (int x = 0; x < 4; x++)
                samples[(y * stride) + x] = Sample(four[x]);
        }
    }

    /// <summary>Writes 2 x 2 samples.</summary>
    /// <inheritdoc cref="WriteFour" path="/param"/>
    public static void WriteTwo(
        ReadOnlySpan<short> block,
        ReadOnlySpan<int> quantization,
        Span<byte> samples,
        int stride
    )
    {
        Span<int> upper = stackalloc int[Side];
        Span<int> lower = stackalloc int[Side];
        Span<int> line = stackalloc int[Side];
        for (int x = 0; x < Side; x++)
        {
            for (int y = 0; y < Side; y++)
                line[y] = block[(y * Side) + x] * quantization[(y * Side) + x];
            (upper[x], lower[x]) = Two(line, ConstantBits - PassBits + 2);
        }

        const int shift = ConstantBits + PassBits + SideBits + 2;
        (int first, int second) = Two(upper, shift);
        (samples[0], samples[1]) = (Sample(first), Sample(second));
        (first, second) = Two(lower, shift);
        (samples[stride], samples[stride + 1]) = (Sample(first), Sample(second));
    }

    private static void Four(ReadOnlySpan<int> v, Span<int> four, int shift)
    {
        int even0 = v[0] << (ConstantBits + 1),
            even2 = (v[2] * 15137) - (v[6] * 6270);
        int a0 = even0 + even2,
            a2 = even0 - even2;
        int b0 = (v[7] * -1730) + (v[5] * 11893) - (v[3] * 17799) + (v[1] * 8697),
            b2 = (v[7] * -4176) - (v[5] * 4926) + (v[3] * 7373) + (v[1] * 20995);
        int half = 1 << (shift - 1);
        four[0] = (a0 + b2 + half) >> shift;
        four[3] = (a0 - b2 + half) >> shift;
        four[1] = (a2 + b0 + half) >> shift;
        four[2] = (a2 - b0 + half) >> shift;
    }

    private static (int First, int Second) Two(ReadOnlySpan<int> v, int shift)
    {
        int even = v[0] << (ConstantBits + 2),
            odd = (v[7] * -5906) + (v[5] * 6967) - (v[3] * 10426) + (v[1] * 29692),
            half = 1 << (shift - 1);
        return ((even + odd + half) >> shift, (even - odd + half) >> shift);
    }

    private static byte Sample(int value) => (byte)Math.Clamp(value + Middle, 0, 255);
}
