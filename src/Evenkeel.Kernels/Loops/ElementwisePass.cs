using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Loops;

/// <summary>
/// A computation whose element i depends on element i of its operands only. It holds the operands' addresses and loads
/// and stores one register at a time; all loads of a register come before its stores, so operands may be the same memory.
/// </summary>
internal interface IElementwiseKernel
{
    /// <summary>Computes the register of elements that starts at <paramref name="index"/>.</summary>
    void Apply<TLanes, TVec>(nint index)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>One pass of an elementwise kernel over <paramref name="length"/> elements, shared among the pool's threads.</summary>
internal readonly struct ElementwisePass<TKernel>(WorkerPool pool, int length, TKernel kernel) : ILanesAction
    where TKernel : struct, IElementwiseKernel
{
    // A multiple of every register. A chunk takes one to a few microseconds, what handing it to a thread may cost; shorter
    // work (a layer of 60 x 100) stays on the calling thread.
    private const int ChunkElements = 8192;

    private readonly int _length = length;
    private readonly TKernel _kernel = kernel;

    /// <inheritdoc/>
    public void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int chunks = (int)(((long)_length + ChunkElements - 1) / ChunkElements);
        var work = new Chunks<TLanes, TVec>(_length, _kernel);
        pool.For(chunks, ref work);
    }

    private readonly struct Chunks<TLanes, TVec>(int length, TKernel kernel) : IChunkWork
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        public void Run(int chunk)
        {
            nint start = (nint)chunk * ChunkElements;
            nint end = Math.Min(start + ChunkElements, length);
            ElementwiseRange.Run<TKernel, TLanes, TVec>(kernel, start, end);
        }
    }
}

/// <summary>The loop over a range: unrolled registers, then narrower ones, then single elements.</summary>
internal static class ElementwiseRange
{
    /// <summary>
    /// Applies <paramref name="kernel"/> to elements <paramref name="start"/> up to, not including, <paramref name="end"/>.
    /// Every width rounds alike, so where an element falls does not change its result.
    /// </summary>
    /// <remarks>Never inlined: the JIT must have its whole inlining budget for the kernel's arithmetic.</remarks>
    [MethodImpl(HotMethods.Loop)]
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
