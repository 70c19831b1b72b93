namespace Evenkeel.Kernels.Threading;

/// <summary>
/// Lets one call at a time into an object that is for one thread at a time, and none once it is closed. A second call is refused with a
/// sentence that says what is right, before it touches anything. Costs one interlocked operation per call and allocates nothing.
/// </summary>
/// <param name="name">What the object is, in a word or two, such as "trainer".</param>
internal sealed class Exclusive(string name)
{
    // The thread at work, by its managed number; 0 is nobody.
    private int _owner;
    private volatile bool _closed;

    /// <summary>Whether the calling thread is at work in the object.</summary>
    public bool IsMine => Volatile.Read(ref _owner) == Environment.CurrentManagedThreadId;

    /// <summary>Begins a call; it ends when the turn is disposed of.</summary>
    /// <exception cref="InvalidOperationException">A call is at work, on another thread or on this one.</exception>
    /// <exception cref="ObjectDisposedException">The object is closed.</exception>
    public Turn Enter()
    {
        ThrowIfClosed();
        int found = Interlocked.CompareExchange(ref _owner, Environment.CurrentManagedThreadId, 0);
        if (found != 0)
            throw Busy(found);
        // A thread that closes it either sees this call and waits for it, or is seen here.
        if (_closed)
        {
            Leave();
            ThrowIfClosed();
        }

        return new Turn(this);
    }

    /// <summary>The same, but for the thread that is at work already its own call goes on.</summary>
    public Turn EnterOrGoOn() => IsMine ? default : Enter();

    /// <summary>Requires that no other thread is at work: for what is read between calls.</summary>
    /// <exception cref="InvalidOperationException">A call is at work on another thread.</exception>
    /// <exception cref="ObjectDisposedException">The object is closed.</exception>
    public void Require()
    {
        ThrowIfClosed();
        int owner = Volatile.Read(ref _owner);
        if (owner != 0 && owner != Environment.CurrentManagedThreadId)
            throw Busy(owner);
    }

    /// <summary>Refuses all later calls and waits for the one at work, unless it is the caller's own.</summary>
    public void Close()
    {
        Refuse();
        var wait = new SpinWait();
        while (Volatile.Read(ref _owner) is var owner && owner != 0 && owner != Environment.CurrentManagedThreadId)
            wait.SpinOnce();
    }

    /// <summary>Refuses all later calls and waits for none.</summary>
    public void Refuse()
    {
        _closed = true;
        Interlocked.MemoryBarrier();
    }

    /// <summary>What is thrown once the object is closed.</summary>
    public ObjectDisposedException Closed() => new(name, $"This {name} has been disposed of.");

    private void ThrowIfClosed()
    {
        if (_closed)
            throw Closed();
    }

    private InvalidOperationException Busy(int owner) =>
        new(
            owner == Environment.CurrentManagedThreadId
                ? $"This {name} was called from inside one of its own calls. Call it after that call has returned."
                : $"Another thread is using this {name}, which is for one thread at a time. Wait until that call has returned, or give each thread a separate {name}."
        );

    private void Leave() => Volatile.Write(ref _owner, 0);

    /// <summary>One call.</summary>
    internal readonly ref struct Turn(Exclusive? exclusive)
    {
        private readonly Exclusive? _exclusive = exclusive;

        /// <summary>Ends the call.</summary>
        public void Dispose() => _exclusive?.Leave();
    }
}
