using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Elementwise;

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
