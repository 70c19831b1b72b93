using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>The rows of a local response normalisation, or of its gradient where there is one to receive it.</summary>
internal readonly unsafe struct ResponsePass(
    WorkerPool pool,
    ResponseBlocks blocks,
    ResponseWindow window,
    ResponseMatrices matrices
) : ILanesAction
{
    private readonly WorkerPool _pool = pool;

    /// <inheritdoc/>
    public void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        nint buffer = ResponseRow<TLanes, TVec>.Floats(blocks.Channels, window);
        float* memory = (float*)_pool.Scratch((nuint)blocks.Count * (nuint)buffer * sizeof(float));
        var work = new Blocks<TLanes, TVec>(blocks, window, matrices, memory, buffer);
        _pool.For(blocks.Count, ref work);
    }

    private readonly struct Blocks<TLanes, TVec>(
        ResponseBlocks blocks,
        ResponseWindow window,
        ResponseMatrices matrices,
        float* memory,
        nint buffer
    ) : IChunkWork
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        public void Run(int chunk)
        {
            var row = new ResponseRow<TLanes, TVec>(blocks.Channels, window, memory + (chunk * buffer));
            for (int r = blocks.First(chunk); r < blocks.First(chunk + 1); r++)
            {
                nint at = (nint)r * blocks.Channels;
                if (matrices.Dx is null)
                    row.Forward(matrices.X + at, matrices.Y + at);
                else
                    row.Backward(matrices.X + at, matrices.Y + at, matrices.Dy + at, matrices.Dx + at);
            }
        }
    }
}

/// <summary>What a local response normalisation reads and writes; dx is null in the forward pass.</summary>
internal readonly unsafe struct ResponseMatrices(float* x, float* y, float* dy, float* dx)
{
    public float* X { get; } = x;
    public float* Y { get; } = y;
    public float* Dy { get; } = dy;
    public float* Dx { get; } = dx;
}

/// <summary>How rows are cut into at most 64 blocks, by shape alone.</summary>
internal readonly struct ResponseBlocks(int rows, int channels)
{
    private const int MostBlocks = 64;
    private const int SmallestBlock = 8 * 1024;

    public int Channels => channels;

    /// <summary>Number of blocks.</summary>
    public int Count => (int)Math.Min(Math.Min(MostBlocks, rows), (((long)rows * channels) / SmallestBlock) + 1);

    /// <summary>First row of a block.</summary>
    public int First(int block) => (int)((long)rows * block / Count);
}
