using Evenkeel.Kernels.Storage;

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

/// <summary>
/// A fixed set of threads that run the chunks of one piece of work at a time. The caller runs chunks too. Nothing is allocated per call.
/// One thread may use a pool at a time, another is refused; a kernel called from inside a chunk must be given <see cref="Serial"/>.
/// The threads end when the pool is disposed of, or when nothing refers to it any more.
/// </summary>
public sealed class WorkerPool : IDisposable
{
    // Pages of a block that nobody touches cost nothing, but those of a block left behind are there until a collection: few blocks are.
    private const int Growth = 4;

    // But what is set aside in vain counts where the memory of the collector is limited.
    private const long Spare = 64L << 20;

    // The threads refer to the team alone, so that they do not keep the pool.
    private readonly WorkerTeam _team;
    private readonly Exclusive _turn = new("pool of threads");
    private MemoryBlock? _scratch;

    /// <summary>Starts a pool of <paramref name="threads"/> threads, the caller's included.</summary>
    /// <param name="threads">Degree of parallelism, 1 to 1024; results do not depend on it.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is outside 1..1024.</exception>
    public WorkerPool(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, 1024);
        Threads = Active = threads;
        _team = new WorkerTeam(threads);
    }

    /// <summary>Ends the threads of a pool that was not disposed of; there are none where the constructor refused its argument.</summary>
    ~WorkerPool() => _team?.Stop();

    /// <summary>Number of threads, including the calling thread.</summary>
    public int Threads { get; }

    /// <summary>Threads that share the work at hand: fewer where a <see cref="ThreadChoice"/> found that to be faster.</summary>
    internal int Active { get; private set; }

    /// <summary>A pool of the calling thread alone; a new one each time, because scratch memory belongs to one caller.</summary>
    public static WorkerPool Serial() => new(1);

    /// <summary>
    /// Keeps the pool for the calling thread until the hold is disposed of: several kernels are then one piece of work, which no other
    /// thread's use or disposal of the pool can interrupt.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another thread is using the pool.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed of.</exception>
    public PoolHold Hold() => new(this, _turn.EnterOrGoOn(), null);

    /// <summary>
    /// The same for work that is done again and again, on the number of threads that <paramref name="choice"/> finds fastest. Within a hold
    /// the outer one decides.
    /// </summary>
    /// <param name="choice">One for each kind of work.</param>
    /// <param name="size">How much there is to do, such as examples; runs within a factor of two are the same work.</param>
    /// <exception cref="InvalidOperationException">Another thread is using the pool.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed of.</exception>
    public PoolHold Hold(ThreadChoice choice, int size)
    {
        ArgumentNullException.ThrowIfNull(choice);
        if (_turn.IsMine)
            return Hold();
        Exclusive.Turn turn = _turn.Enter();
        Active = choice.Begin(size, Threads);
        return new PoolHold(this, turn, choice);
    }

    /// <summary>Lets later work have all threads.</summary>
    internal void Finish(ThreadChoice choice)
    {
        choice.End();
        Active = Threads;
    }

    /// <summary>
    /// Lends memory to the kernel that is being run. It grows to the largest request and is then reused, so a training step in steady state
    /// allocates nothing. A second piece that is lent meanwhile is the same memory.
    /// </summary>
    /// <param name="bytes">How much.</param>
    /// <exception cref="InvalidOperationException">Another thread is using the pool.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed of.</exception>
    public Scratch Scratch(nuint bytes)
    {
        Exclusive.Turn turn = _turn.EnterOrGoOn();
        try
        {
            if (_scratch is null || bytes > (nuint)_scratch.Bytes)
                _scratch = new MemoryBlock(Grown(_scratch?.Bytes ?? 0, checked((long)bytes)));
            return new Scratch(_scratch, turn);
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    private static long Grown(long held, long bytes) => Math.Max(bytes, Math.Min(Growth * held, bytes + Spare));

    /// <summary>Runs chunks 0 to <paramref name="chunks"/> - 1 and returns when all have ended.</summary>
    /// <exception cref="InvalidOperationException">Another thread is using the pool, or a chunk asked the pool that runs it.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed of.</exception>
    public void For<TWork>(int chunks, ref TWork work)
        where TWork : struct, IChunkWork, allows ref struct
    {
        using Exclusive.Turn turn = _turn.EnterOrGoOn();
        _team.For(Active, chunks, ref work);
    }

    /// <summary>The same on a copy of <paramref name="work"/>. Exceptions as for <see cref="For{TWork}(int, ref TWork)"/>.</summary>
    public void For<TWork>(int chunks, TWork work)
        where TWork : struct, IChunkWork, allows ref struct => For(chunks, ref work);

    /// <summary>
    /// The same, each thread's share from its end: for a pass over memory that the pass before left in that thread's caches, the last part
    /// most surely. Exceptions as for <see cref="For{TWork}(int, ref TWork)"/>.
    /// </summary>
    public void ForBackwards<TWork>(int chunks, TWork work)
        where TWork : struct, IChunkWork, allows ref struct
    {
        For(chunks, new Backwards<TWork>(work, chunks, Active));
    }

    /// <summary>
    /// Ends the threads; waits for work on another thread. From inside a chunk nothing is waited for, and the threads end with the work.
    /// </summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (_team.Includes(Thread.CurrentThread))
        {
            _turn.Refuse();
            _team.Stop();
            return;
        }

        _turn.Close();
        _team.Stop();
        _team.Join();
        _scratch = null;
    }

    private readonly ref struct Backwards<TWork>(TWork work, int chunks, int threads) : IChunkWork
        where TWork : struct, IChunkWork, allows ref struct
    {
        private readonly TWork _work = work;

        public void Run(int chunk) => _work.Run(ChunkShares.Mirror(chunk, chunks, threads));
    }
}

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
