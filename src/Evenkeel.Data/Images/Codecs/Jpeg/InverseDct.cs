using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Evenkeel.Data.Images.Codecs.Jpeg;

/// <summary>
/// Makes samples of a block's frequencies: the transform of Loeffler, Ligtenberg and Moschytz in integers, with the constants and roundings
/// of libjpeg's accurate one, so that both give the same samples.
/// </summary>
internal static class InverseDct
{
    /// <summary>Samples along a side of a block.</summary>
    private const int Side = 8;

    private const int Middle = 128;

    // Constants have so many bits behind the point; the first pass keeps some for the second.
    private const int ConstantBits = 13;
    private const int PassBits = 2;
    private const int SideBits = 3;

    /// <summary>Transforms a block to the size that its component has.</summary>
    /// <param name="block">Frequencies, row by row.</param>
    /// <param name="component">Takes the samples.</param>
    /// <param name="x">The block's place in its row.</param>
    /// <param name="y">Its row.</param>
    public static void Write(ReadOnlySpan<short> block, JpegComponent component, int x, int y)
    {
        Span<byte> samples = component.BlockSamples(x, y);
        ReadOnlySpan<int> quantization = component.Quantization;
        switch (component.BlockSide)
        {
            case 1:
                samples[0] = Flat(block, quantization);
                break;
            case 2:
                ReducedDct.WriteTwo(block, quantization, samples, component.Stride);
                break;
            case 4:
                ReducedDct.WriteFour(block, quantization, samples, component.Stride);
                break;
            default:
                WriteWhole(block, quantization, samples, component.Stride);
                break;
        }
    }

    private static void WriteWhole(
        ReadOnlySpan<short> block,
        ReadOnlySpan<int> quantization,
        Span<byte> samples,
        int stride
    )
    {
        if (block[1..].IndexOfAnyExcept((short)0) < 0)
        {
            byte value = Flat(block, quantization);
            for (int row = 0; row < Side; row++)
                samples.Slice(row * stride, Side).Fill(value);
            return;
        }

        Span<Vector256<int>> rows = stackalloc Vector256<int>[Side];
        for (int row = 0; row < Side; row++)
        {
            (Vector128<int> left, Vector128<int> right) = Vector128.Widen(
                Vector128.Create(block.Slice(row * Side, Side))
            );
            rows[row] = Vector256.Create(left, right) * Vector256.Create(quantization.Slice(row * Side, Side));
        }

        Pass(rows, ConstantBits - PassBits);
        Transpose(rows);
        Pass(rows, ConstantBits + PassBits + SideBits);
        Transpose(rows);
        for (int row = 0; row < Side; row++)
            Store(rows[row], samples.Slice(row * stride, Side));
    }

    // The mean of a block, which is all of it where the other frequencies are 0.
    private static byte Flat(ReadOnlySpan<short> block, ReadOnlySpan<int> quantization) =>
        (byte)Math.Clamp((((block[0] * quantization[0]) + (1 << (SideBits - 1))) >> SideBits) + Middle, 0, 255);

    // One dimension, of all columns at once. The names are those of the paper and of every program since.
    private static void Pass(Span<Vector256<int>> v, int shift)
    {
        Vector256<int> z1 = (v[2] + v[6]) * 4433;
        Vector256<int> even2 = z1 - (v[6] * 15137),
            even3 = z1 + (v[2] * 6270),
            even0 = (v[0] + v[4]) << ConstantBits,
            even1 = (v[0] - v[4]) << ConstantBits;
        Vector256<int> a0 = even0 + even3,
            a3 = even0 - even3,
            a1 = even1 + even2,
            a2 = even1 - even2;
        Vector256<int> z3 = v[7] + v[3],
            z4 = v[5] + v[1];
        Vector256<int> z5 = (z3 + z4) * 9633;
        z3 = z5 - (z3 * 16069);
        z4 = z5 - (z4 * 3196);
        z1 = (v[7] + v[1]) * -7373;
        Vector256<int> z2 = (v[5] + v[3]) * -20995;
        Vector256<int> b0 = (v[7] * 2446) + z1 + z3,
            b1 = (v[5] * 16819) + z2 + z4,
            b2 = (v[3] * 25172) + z2 + z3,
            b3 = (v[1] * 12299) + z1 + z4;
        Vector256<int> half = Vector256.Create(1 << (shift - 1));
        (a0, a1, a2, a3) = (a0 + half, a1 + half, a2 + half, a3 + half);
        (v[0], v[7]) = ((a0 + b3) >> shift, (a0 - b3) >> shift);
        (v[1], v[6]) = ((a1 + b2) >> shift, (a1 - b2) >> shift);
        (v[2], v[5]) = ((a2 + b1) >> shift, (a2 - b1) >> shift);
        (v[3], v[4]) = ((a3 + b0) >> shift, (a3 - b0) >> shift);
    }

    private static void Transpose(Span<Vector256<int>> rows)
    {
        Span<int> values = MemoryMarshal.Cast<Vector256<int>, int>(rows);
        for (int y = 1; y < Side; y++)
        {
            for (int x = 0; x < y; x++)
                (values[(y * Side) + x], values[(x * Side) + y]) = (values[(x * Side) + y], values[(y * Side) + x]);
        }
    }

    private static void Store(Vector256<int> row, Span<byte> samples)
    {
        Vector256<int> bytes = Vector256.Clamp(
            row + Vector256.Create(Middle),
            Vector256<int>.Zero,
            Vector256.Create(255)
        );
        Vector128<ushort> words = Vector128.Narrow(bytes.GetLower(), bytes.GetUpper()).AsUInt16();
        BinaryPrimitives.WriteUInt64LittleEndian(samples, Vector128.Narrow(words, words).AsUInt64()[0]);
    }
}
