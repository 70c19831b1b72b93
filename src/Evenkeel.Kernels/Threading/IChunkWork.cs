namespace Evenkeel.Kernels.Threading;

/// <summary>
/// Work cut into numbered chunks that may run on any thread in any order. What a chunk computes depends on its number
/// only, never on the number of threads; reductions store one partial result per chunk and combine them in index order.
/// </summary>
public interface IChunkWork
{
    /// <summary>Runs chunk <paramref name="chunk"/> (0-based).</summary>
    void Run(int chunk);
}
