using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Evenkeel.Data;

/// <summary>Turns pixels into values by their encoding; batches are made of this while the network trains, so it must be quick.</summary>
internal static class PixelDecoder
{
    public static void Decode(ReadOnlySpan<byte> pixels, Span<float> values, PixelEncoding encoding)
    {
        if (encoding.LastZero is { } lastZero)
            DecodeBinary(pixels, values[..pixels.Length], lastZero);
        else
            LookUp(pixels, values, encoding.Values);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void LookUp(ReadOnlySpan<byte> pixels, Span<float> values, ReadOnlySpan<float> table)
    {
        // The table's length is part of the loop's condition, so the runtime drops the check of each look-up.
        if (table.Length != 256 || values.Length < pixels.Length)
            return;
        for (int i = 0; i < pixels.Length; i++)
            values[i] = table[pixels[i]];
    }

    // 16 pixels at a time: compare, keep the lowest bit, widen twice. 0 and 1 are exact, so it is the table's answer.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void DecodeBinary(ReadOnlySpan<byte> pixels, Span<float> values, byte lastZero)
    {
        ref byte source = ref MemoryMarshal.GetReference(pixels);
        ref float target = ref MemoryMarshal.GetReference(values);
        var threshold = Vector128.Create(lastZero);
        int i = 0;
        for (; i + 16 <= pixels.Length; i += 16)
        {
            Vector128<byte> above = Vector128.GreaterThan(Vector128.LoadUnsafe(ref source, (nuint)i), threshold);
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(above & Vector128<byte>.One);
            Store(low, ref target, i);
            Store(high, ref target, i + 8);
        }

        for (; i < pixels.Length; i++)
            values[i] = pixels[i] > lastZero ? 1 : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<ushort> ones, ref float target, int at)
    {
        (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(ones);
        Vector128.ConvertToSingle(low.AsInt32()).StoreUnsafe(ref target, (nuint)at);
        Vector128.ConvertToSingle(high.AsInt32()).StoreUnsafe(ref target, (nuint)at + 4);
    }
}
