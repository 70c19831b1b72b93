using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Evenkeel.Kernels.Storage;

namespace Evenkeel.Ranks;

/// <summary>
/// A message or sum that is started, goes on while the rank computes, and is finished later. Made once and used again and again: to start and
/// to finish allocates nothing. Ranks start collectives in the same order, and messages to each other too; they may finish them in any order.
/// </summary>
/// <param name="communicator">The rank it belongs to.</param>
/// <param name="memory">The blocks that started spans lie in; referred to, so the memory is there until it is finished.</param>
public abstract unsafe class Transfer(Communicator communicator, params ReadOnlySpan<MemoryBlock> memory)
{
    private readonly MemoryBlock[] _memory = memory.ToArray();

    /// <summary>What is under way.</summary>
    protected internal Exchange Exchange { get; private set; }

    /// <summary>Whether it is started and not yet finished.</summary>
    public bool Started { get; private set; }

    /// <summary>Starts the sum of <paramref name="sums"/> over all ranks, which replaces them.</summary>
    /// <param name="sums">In one of the blocks that the transfer was made for; not to be touched until it is finished.</param>
    public void StartAllReduce(Span<float> sums)
    {
        RequireOwn<float>(sums);
        Start(Communicator.AllReduceOf((float*)Address<float>(sums), sums.Length));
    }

    /// <summary>Starts a swap of values with another rank, which starts one with as many values each way.</summary>
    /// <param name="send">Not to be changed until it is finished; nothing is sent if it is empty.</param>
    /// <param name="receive">Not to be touched until it is finished; nothing is waited for if it is empty.</param>
    /// <param name="peer">The other rank.</param>
    public void StartSendReceive<T>(ReadOnlySpan<T> send, Span<T> receive, int peer)
        where T : unmanaged
    {
        RequireOwn(send);
        RequireOwn<T>(receive);
        communicator.RequirePeer(peer);
        Start(
            new Exchange
            {
                Kind = ExchangeKind.SendReceive,
                Send = Address(send),
                SendBytes = Communicator.BytesOf<T>(send.Length),
                Receive = Address<T>(receive),
                ReceiveBytes = Communicator.BytesOf<T>(receive.Length),
                Peer = peer,
            }
        );
    }

    /// <summary>Waits until it is done; returns at once if nothing was started.</summary>
    /// <exception cref="CommunicatorException">A rank has failed, or did not come within <see cref="Communicator.Timeout"/>.</exception>
    public void Finish()
    {
        if (!Started)
            return;
        communicator.Await(this);
        Started = false;
    }

    /// <summary>Lets it go on and says whether it is done, without waiting. Called now and then, it makes large messages move at all.</summary>
    /// <exception cref="CommunicatorException">A rank has failed.</exception>
    public bool TryFinish()
    {
        if (Started && Wait(TimeSpan.Zero))
            Started = false;
        return !Started;
    }

    /// <summary>Starts what was checked.</summary>
    /// <exception cref="InvalidOperationException">What was started before is not finished.</exception>
    internal void Start(in Exchange exchange)
    {
        if (Started)
            throw new InvalidOperationException("What this transfer started before is not finished.");
        Exchange = exchange;
        Begin();
        Started = true;
    }

    /// <summary>Hands <see cref="Exchange"/> to the engine and does not wait.</summary>
    protected abstract void Begin();

    internal void WaitFor(TimeSpan timeout) => _ = Wait(timeout);

    /// <summary>Waits for the end; with no time, asks whether it has come.</summary>
    /// <returns>False if there was no time and the end has not come.</returns>
    /// <exception cref="CommunicatorException">A rank has failed, or the time is over.</exception>
    protected abstract bool Wait(TimeSpan timeout);

    private static byte* Address<T>(ReadOnlySpan<T> values)
        where T : unmanaged => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(values));

    // An address alone keeps no memory, and memory of the heap moves: only blocks that the transfer refers to will do.
    private void RequireOwn<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        byte* first = Address(values);
        byte* end = first + ((long)values.Length * sizeof(T));
        foreach (MemoryBlock block in _memory)
        {
            if (first >= block.Pointer && end <= block.Pointer + block.Bytes)
                return;
        }

        if (!values.IsEmpty)
            throw new ArgumentException("The values lie in no block that the transfer was made for.", nameof(values));
    }
}
