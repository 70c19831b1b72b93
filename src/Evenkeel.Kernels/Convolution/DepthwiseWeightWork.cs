using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>The weight gradients of a chunk of rows; chunks are merged in index order.</summary>
internal readonly unsafe struct DepthwiseWeightWork(
    DepthwiseGeometry geometry,
    int width,
    DepthwiseWeightPass pass,
    double* partials,
    int chunks
) : IChunkWork
{
    private const int MostChunks = 16;
    private const int SmallestChunk = 16 * 1024;

    private readonly double* _partials = partials;

    /// <summary>dw = the sum over all rows.</summary>
    public static void RunAll(WorkerPool pool, int width, in DepthwiseGeometry geometry, float* x, float* dy, float* dw)
    {
        int rows = geometry.Batch * geometry.Vertical.Output;
        long values = (long)rows * geometry.Horizontal.Output * geometry.Outputs;
        int chunks = (int)Math.Min(Math.Min(MostChunks, rows), 1 + (values / SmallestChunk));
        nint size = (nint)geometry.Taps * geometry.Outputs;
        float* zeros = DepthwiseScratch.Zeros(pool, (nuint)chunks * (nuint)size * sizeof(double));
        double* partials = (double*)(zeros + DepthwiseScratch.ZeroCount);
        var pass = new DepthwiseWeightPass(geometry, x, dy, partials, zeros);
        var work = new DepthwiseWeightWork(geometry, width, pass, partials, chunks);
        pool.For(chunks, ref work);
        for (nint i = 0; i < size; i++)
        {
            double sum = 0;
            for (int chunk = 0; chunk < chunks; chunk++)
                sum += partials[(chunk * size) + i];
            dw[i] = (float)sum;
        }
    }

    public void Run(int chunk)
    {
        int size = geometry.Taps * geometry.Outputs;
        double* sums = _partials + ((nint)chunk * size);
        new Span<double>(sums, size).Clear();
        DepthwiseWeightPass mine = pass.Into(sums);
        long rows = (long)geometry.Batch * geometry.Vertical.Output;
        int end = (int)(rows * (chunk + 1) / chunks);
        for (int row = (int)(rows * chunk / chunks); row < end; row++)
            ColumnPass.Run(ref mine, width, row, 1, geometry.Outputs);
    }
}
