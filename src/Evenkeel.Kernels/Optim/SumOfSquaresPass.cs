using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Optim;

/// <summary>
/// Sums squares chunk by chunk, then the chunks in order. Within a chunk element i goes to accumulator i mod 64 whatever
/// the width, and a float's square is exact in double, so every width gives the same bits.
/// </summary>
internal readonly unsafe struct SumOfSquaresPass(WorkerPool pool, int length, float* values, double* result)
    : ILanesAction
{
    private const int ChunkElements = 8192;

    // Four of the widest registers: enough to hide the time from storing an accumulator to loading it again.
    private const int Accumulators = 64;
    private const int CacheLine = 64;

    /// <inheritdoc/>
    public void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int chunks = (int)(((long)length + ChunkElements - 1) / ChunkElements);
        using Scratch lent = pool.Scratch((nuint)Math.Max(chunks, 1) * sizeof(double));
        double* sums = (double*)lent.Pointer;
        pool.For(chunks, new Chunks<TLanes, TVec>(values, length, sums));
        double total = 0;
        for (int i = 0; i < chunks; i++)
            total += sums[i];
        *result = total;
    }

    private readonly struct Chunks<TLanes, TVec>(float* values, int length, double* sums) : IChunkWork
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        public void Run(int chunk)
        {
            nint start = (nint)chunk * ChunkElements;
            int count = (int)Math.Min(ChunkElements, length - start);
            sums[chunk] = SumChunk(values + start, count);
        }

        private static double SumChunk(float* x, int count)
        {
            byte* memory = stackalloc byte[(Accumulators * sizeof(double)) + CacheLine];
            double* accumulators = (double*)(((nuint)memory + CacheLine - 1) & ~(nuint)(CacheLine - 1));
            new Span<double>(accumulators, Accumulators).Clear();
            int i = 0;
            for (; i + Accumulators <= count; i += Accumulators)
            {
                for (int j = 0; j < Accumulators; j += TLanes.Count)
                    TLanes.AddSquaresTo(accumulators + j, TLanes.Load(x + i + j));
            }

            for (int j = 0; i < count; i++, j++)
                Lanes1.AddSquaresTo(accumulators + j, x[i]);
            double sum = 0;
            for (int j = 0; j < Accumulators; j++)
                sum += accumulators[j];
            return sum;
        }
    }
}
