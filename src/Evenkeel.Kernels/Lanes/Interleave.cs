using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Evenkeel.Kernels.Lanes;

/// <summary>a0 b0 a1 b1 ... of the lower or the upper halves of two registers, and of two rows.</summary>
internal static unsafe class Interleave
{
    /// <summary>Writes <paramref name="pairs"/> values of each row.</summary>
    public static void Run(float* first, float* second, int pairs, float* made)
    {
        int i = 0;
        for (; i + Vector128<float>.Count <= pairs; i += Vector128<float>.Count)
        {
            Vector128<float> a = Vector128.Load(first + i),
                b = Vector128.Load(second + i);
            Low(a, b).Store(made + (2 * i));
            High(a, b).Store(made + (2 * i) + Vector128<float>.Count);
        }

        for (; i < pairs; i++)
            (made[2 * i], made[(2 * i) + 1]) = (first[i], second[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);

    // Halves put together by Vector64 go through memory on x64.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Low(Vector128<double> a, Vector128<double> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> High(Vector128<double> a, Vector128<double> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);
}
