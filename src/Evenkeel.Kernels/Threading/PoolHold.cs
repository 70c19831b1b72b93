namespace Evenkeel.Kernels.Threading;

/// <summary>A pool that is one thread's for several kernels; see <see cref="WorkerPool.Hold"/>.</summary>
public readonly ref struct PoolHold
{
    private readonly Exclusive.Turn _turn;

    internal PoolHold(Exclusive.Turn turn) => _turn = turn;

    /// <summary>Lets others use the pool.</summary>
    public void Dispose() => _turn.Dispose();
}
