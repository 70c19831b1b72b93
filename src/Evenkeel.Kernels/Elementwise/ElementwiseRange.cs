using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>The loop over a range: unrolled registers, then narrower ones, then single elements.</summary>
internal static class ElementwiseRange
{
    /// <summary>
    /// Applies <paramref name="kernel"/> to elements <paramref name="start"/> up to, not including, <paramref name="end"/>.
    /// Every width rounds alike, so where an element falls does not change its result.
    /// </summary>
    /// <remarks>Never inlined: the JIT must have its whole inlining budget for the kernel's arithmetic.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run<TKernel, TLanes, TVec>(TKernel kernel, nint start, nint end)
        where TKernel : struct, IElementwiseKernel
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint i = start;
        for (; i + (4 * TLanes.Count) <= end; i += 4 * TLanes.Count)
        {
            kernel.Apply<TLanes, TVec>(i);
            kernel.Apply<TLanes, TVec>(i + TLanes.Count);
            kernel.Apply<TLanes, TVec>(i + (2 * TLanes.Count));
            kernel.Apply<TLanes, TVec>(i + (3 * TLanes.Count));
        }

        for (; i + TLanes.Count <= end; i += TLanes.Count)
            kernel.Apply<TLanes, TVec>(i);
        if (TLanes.Count > Lanes4.Count)
        {
            for (; i + Lanes4.Count <= end; i += Lanes4.Count)
                kernel.Apply<Lanes4, Vector128<float>>(i);
        }

        for (; i < end; i++)
            kernel.Apply<Lanes1, float>(i);
    }
}
