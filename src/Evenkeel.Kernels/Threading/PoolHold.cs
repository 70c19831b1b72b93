namespace Evenkeel.Kernels.Threading;

/// <summary>A pool that is one thread's for several kernels; see <see cref="WorkerPool.Hold()"/>.</summary>
public readonly ref struct PoolHold
{
    private readonly WorkerPool _pool;
    private readonly Exclusive.Turn _turn;
    private readonly ThreadChoice? _choice;

    internal PoolHold(WorkerPool pool, Exclusive.Turn turn, ThreadChoice? choice)
    {
        _pool = pool;
        _turn = turn;
        _choice = choice;
    }

    /// <summary>Lets others use the pool.</summary>
    public void Dispose()
    {
        if (_choice is not null)
            _pool.Finish(_choice);
        _turn.Dispose();
    }
}
