using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Evenkeel.Kernels.Lanes;

/// <summary>Lanes that are kept in memory as one byte each: whole numbers from 0 to 255. The JIT keeps one branch.</summary>
internal static unsafe class ByteLanes
{
    /// <summary>
    /// <paramref name="value"/> in the lanes whose byte at <paramref name="source"/> equals <paramref name="wanted"/>, 0 in the
    /// others; any alignment.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVec WhereEqual<TVec>(byte* source, int wanted, TVec value)
        where TVec : unmanaged
    {
        if (typeof(TVec) == typeof(Vector512<float>))
        {
            Vector512<float> equal = Vector512.Equals(Load16(source), Vector512.Create(wanted)).AsSingle();
            return Unsafe.BitCast<Vector512<float>, TVec>(equal & Unsafe.BitCast<TVec, Vector512<float>>(value));
        }

        if (typeof(TVec) == typeof(Vector256<float>))
        {
            Vector256<float> equal = Vector256.Equals(Load8(source), Vector256.Create(wanted)).AsSingle();
            return Unsafe.BitCast<Vector256<float>, TVec>(equal & Unsafe.BitCast<TVec, Vector256<float>>(value));
        }

        if (typeof(TVec) == typeof(Vector128<float>))
        {
            Vector128<float> equal = Vector128.Equals(Load4(source), Vector128.Create(wanted)).AsSingle();
            return Unsafe.BitCast<Vector128<float>, TVec>(equal & Unsafe.BitCast<TVec, Vector128<float>>(value));
        }

        return *source == wanted ? value : default;
    }

    /// <summary>Writes as many bytes as <typeparamref name="TVec"/> has lanes; any alignment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<TVec>(byte* destination, TVec value)
        where TVec : unmanaged
    {
        if (typeof(TVec) == typeof(Vector512<float>))
            Store16(destination, Unsafe.BitCast<TVec, Vector512<float>>(value));
        else if (typeof(TVec) == typeof(Vector256<float>))
            Store8(destination, Unsafe.BitCast<TVec, Vector256<float>>(value));
        else if (typeof(TVec) == typeof(Vector128<float>))
            Store4(destination, Unsafe.BitCast<TVec, Vector128<float>>(value));
        else
            *destination = (byte)(int)Unsafe.BitCast<TVec, float>(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Load16(byte* source) =>
        Avx512F.IsSupported
            ? Avx512F.ConvertToVector512Int32(Vector128.Load(source))
            : Vector512.Create(Load8(source), Load8(source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Load8(byte* source)
    {
        Vector128<byte> bytes = Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(source)).AsByte();
        if (Avx2.IsSupported)
            return Avx2.ConvertToVector256Int32(bytes);
        Vector128<ushort> words = Vector128.WidenLower(bytes);
        return Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Load4(byte* source)
    {
        Vector128<byte> bytes = Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(source)).AsByte();
        return Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store16(byte* destination, Vector512<float> value)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128Byte(Vector512.ConvertToInt32Native(value)).Store(destination);
            return;
        }

        Store8(destination, value.GetLower());
        Store8(destination + 8, value.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store8(byte* destination, Vector256<float> value)
    {
        Vector256<int> whole = Vector256.ConvertToInt32Native(value);
        Vector128<short> words = Vector128.Narrow(whole.GetLower(), whole.GetUpper());
        Vector128<byte> bytes = Vector128.Narrow(words, words).AsByte();
        Unsafe.WriteUnaligned(destination, bytes.AsUInt64().ToScalar());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store4(byte* destination, Vector128<float> value)
    {
        Vector128<int> whole = Vector128.ConvertToInt32Native(value);
        Vector128<short> words = Vector128.Narrow(whole, whole);
        Vector128<byte> bytes = Vector128.Narrow(words, words).AsByte();
        Unsafe.WriteUnaligned(destination, bytes.AsUInt32().ToScalar());
    }
}
