using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Evenkeel.Kernels.Lanes;

/// <summary>
/// Lanes that are kept in memory as bfloat16 each: the upper half of a float's bits, so 8 significant bits and the range of floats. Bits are
/// computed with whole numbers, alike on every width and machine. The JIT keeps one branch.
/// </summary>
internal static unsafe class BFloat16Lanes
{
    private const int Shift = 16;

    // Half of the last bit that is kept, less one: with that bit added, ties go to the even of both neighbours.
    private const uint BelowHalf = 0x7FFF;

    // A NaN whose upper half were 0 behind the exponent would become infinite.
    private const uint QuietBit = 0x0040_0000;

    /// <summary>Reads as many values as <typeparamref name="TVec"/> has lanes, exactly; any alignment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec Load<TVec>(ushort* source)
        where TVec : unmanaged
    {
        if (typeof(TVec) == typeof(Vector512<float>))
            return Unsafe.BitCast<Vector512<uint>, TVec>(Load16(source) << Shift);
        if (typeof(TVec) == typeof(Vector256<float>))
            return Unsafe.BitCast<Vector256<uint>, TVec>(Load8(source) << Shift);
        if (typeof(TVec) == typeof(Vector128<float>))
            return Unsafe.BitCast<Vector128<uint>, TVec>(Load4(source) << Shift);
        return Unsafe.BitCast<uint, TVec>((uint)*source << Shift);
    }

    /// <summary>
    /// Rounds to nearest, ties to even, and writes as many values as <typeparamref name="TVec"/> has lanes; any alignment. Subnormal numbers are
    /// rounded like others. NaN stays NaN, infinity infinite; from 3.3961775e38 on values become infinite.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TVec>(ushort* destination, TVec value)
        where TVec : unmanaged
    {
        if (typeof(TVec) == typeof(Vector512<float>))
            Store16(destination, Unsafe.BitCast<TVec, Vector512<float>>(value));
        else if (typeof(TVec) == typeof(Vector256<float>))
            Store8(destination, Unsafe.BitCast<TVec, Vector256<float>>(value));
        else if (typeof(TVec) == typeof(Vector128<float>))
            Store4(destination, Unsafe.BitCast<TVec, Vector128<float>>(value));
        else
            *destination = Narrow(Unsafe.BitCast<TVec, float>(value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Load16(ushort* source) =>
        Avx512F.IsSupported
            ? Avx512F.ConvertToVector512UInt32(Vector256.Load(source))
            : Vector512.Create(Load8(source), Load8(source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Load8(ushort* source)
    {
        Vector128<ushort> words = Vector128.Load(source);
        return Avx2.IsSupported
            ? Avx2.ConvertToVector256Int32(words).AsUInt32()
            : Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Load4(ushort* source) =>
        Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(source)).AsUInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store16(ushort* destination, Vector512<float> value)
    {
        if (!Avx512F.IsSupported)
        {
            Store8(destination, value.GetLower());
            Store8(destination + 8, value.GetUpper());
            return;
        }

        Vector512<uint> bits = value.AsUInt32();
        Vector512<uint> odd = (bits >>> Shift) & Vector512<uint>.One;
        Vector512<uint> rounded = Vector512.ConditionalSelect(
            Vector512.Equals(value, value).AsUInt32(),
            bits + odd + Vector512.Create(BelowHalf),
            bits | Vector512.Create(QuietBit)
        );
        Avx512F.ConvertToVector256UInt16(rounded >>> Shift).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store8(ushort* destination, Vector256<float> value)
    {
        Vector256<uint> bits = value.AsUInt32();
        Vector256<uint> odd = (bits >>> Shift) & Vector256<uint>.One;
        Vector256<uint> rounded = Vector256.ConditionalSelect(
            Vector256.Equals(value, value).AsUInt32(),
            bits + odd + Vector256.Create(BelowHalf),
            bits | Vector256.Create(QuietBit)
        );
        Vector256<uint> upper = rounded >>> Shift;
        Vector128.Narrow(upper.GetLower(), upper.GetUpper()).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store4(ushort* destination, Vector128<float> value)
    {
        Vector128<uint> bits = value.AsUInt32();
        Vector128<uint> odd = (bits >>> Shift) & Vector128<uint>.One;
        Vector128<uint> rounded = Vector128.ConditionalSelect(
            Vector128.Equals(value, value).AsUInt32(),
            bits + odd + Vector128.Create(BelowHalf),
            bits | Vector128.Create(QuietBit)
        );
        Vector128<uint> upper = rounded >>> Shift;
        Unsafe.WriteUnaligned(destination, Vector128.Narrow(upper, upper).AsUInt64().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort Narrow(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint rounded = float.IsNaN(value) ? bits | QuietBit : bits + BelowHalf + ((bits >> Shift) & 1);
        return (ushort)(rounded >> Shift);
    }
}
