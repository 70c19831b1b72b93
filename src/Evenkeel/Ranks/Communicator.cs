using System.Diagnostics.CodeAnalysis;
using Evenkeel.Kernels.Storage;

namespace Evenkeel.Ranks;

/// <summary>
/// One rank's end of a group of ranks that train as one: threads of this process (<see cref="InProcessRanks"/>) or processes on many machines
/// (Evenkeel.Mpi). All ranks call the same collectives in the same order. For one thread at a time, but for <see cref="Abort"/>. No call
/// allocates managed memory.
/// </summary>
/// <param name="rank">This rank, from 0.</param>
/// <param name="size">How many there are.</param>
public abstract unsafe class Communicator(int rank, int size)
{
    /// <summary>Bytes of one message at most; longer values are cut, as engines count in int.</summary>
    internal int PieceBytes { get; set; } = 1 << 30;

    /// <summary>Channels of messages: what transfers start, and what is waited for at once.</summary>
    internal const int Channels = 2;

    private Transfer? _transfer;

    // Where this rank waits; read by threads that tell others of it.
    private volatile Transfer? _waiting;

    /// <summary>This rank, from 0.</summary>
    public int Rank { get; } = rank;

    /// <summary>How many ranks there are.</summary>
    public int Size { get; } = size;

    /// <summary>What carries the messages, for people.</summary>
    public abstract string Engine { get; }

    /// <summary>How long to wait for another rank before giving up. A rank that reads data or saves a checkpoint is waited for as well.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a rank is waited for beyond that as long as its process answers: it may evaluate or save between two steps.</summary>
    public bool Patient { get; set; }

    /// <summary>The training step at work, from 1; 0 outside of any. For people who are told of ranks that are late.</summary>
    public long Step { get; set; }

    /// <summary>What the next exchange is about, for the same people; null where its kind says enough.</summary>
    public string? Purpose { get; set; }

    /// <summary>Where this rank is now; any thread may ask.</summary>
    public RankPlace Place => _waiting is { } transfer ? new(Step, Purpose ?? transfer.Exchange.Name) : new(Step, null);

    private Transfer Own => _transfer ??= Create([]);

    /// <summary>Makes what starts exchanges over memory of <paramref name="memory"/> and finishes them later.</summary>
    public Transfer CreateTransfer(params ReadOnlySpan<MemoryBlock> memory) => Create(memory);

    /// <summary>Gathers as many values from each rank, in the order of ranks. Made for few values: what is merged from them in that order
    /// has the same bits everywhere.</summary>
    /// <param name="mine">This rank's values.</param>
    /// <param name="all">Room for those of all ranks; apart from <paramref name="mine"/>.</param>
    public void AllGather<T>(ReadOnlySpan<T> mine, Span<T> all)
        where T : unmanaged
    {
        if (all.Length != (long)mine.Length * Size)
            throw new ArgumentException(
                $"The values of all {Size} ranks are {Size} x {mine.Length}, not {all.Length}; give a span of that length.",
                nameof(all)
            );
        int bytes = BytesOf<T>(all.Length);
        fixed (
            T* send = mine,
                receive = all
        )
            Do(
                new Exchange
                {
                    Kind = ExchangeKind.AllGather,
                    Send = (byte*)send,
                    SendBytes = bytes / Size,
                    Receive = (byte*)receive,
                    ReceiveBytes = bytes,
                }
            );
    }

    /// <summary>Replaces values by their sums over all ranks. The order of summation is the engine's, and the last bits with it.</summary>
    public void AllReduce(Span<float> sums)
    {
        int piece = PieceBytes / sizeof(float);
        fixed (float* first = sums)
        {
            for (int i = 0; i < sums.Length; i += piece)
                Do(AllReduceOf(first + i, Math.Min(piece, sums.Length - i)));
        }
    }

    /// <summary>
    /// Swaps values with another rank, which calls this with as many values each way: what sums in a fixed order are made of. Transfers that
    /// are under way between the two do not come in between.
    /// </summary>
    /// <param name="send">Nothing is sent if it is empty.</param>
    /// <param name="receive">Nothing is waited for if it is empty; apart from <paramref name="send"/>.</param>
    /// <param name="peer">The other rank.</param>
    public void SendReceive<T>(ReadOnlySpan<T> send, Span<T> receive, int peer)
        where T : unmanaged
    {
        RequirePeer(peer);
        int piece = PieceBytes / sizeof(T);
        fixed (
            T* from = send,
                to = receive
        )
        {
            for (int i = 0; i < Math.Max(send.Length, receive.Length); i += piece)
                Do(
                    new Exchange
                    {
                        Kind = ExchangeKind.SendReceive,
                        Send = (byte*)(from + i),
                        SendBytes = BytesOf<T>(Math.Clamp(send.Length - i, 0, piece)),
                        Receive = (byte*)(to + i),
                        ReceiveBytes = BytesOf<T>(Math.Clamp(receive.Length - i, 0, piece)),
                        Peer = peer,
                        Channel = Channels - 1,
                    }
                );
        }
    }

    /// <summary>Gives every rank the values of one.</summary>
    /// <param name="values">What the root has; what the others get.</param>
    /// <param name="root">Whose values they are.</param>
    public void Broadcast<T>(Span<T> values, int root = 0)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(root);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(root, Size);
        int piece = PieceBytes / sizeof(T);
        fixed (T* first = values)
        {
            for (int i = 0; i < values.Length; i += piece)
                Do(
                    new Exchange
                    {
                        Kind = ExchangeKind.Broadcast,
                        Receive = (byte*)(first + i),
                        ReceiveBytes = BytesOf<T>(Math.Min(piece, values.Length - i)),
                        Peer = root,
                    }
                );
        }
    }

    /// <summary>Waits until all ranks are here.</summary>
    public void Barrier() => Do(default);

    /// <summary>Ends all ranks. Any thread may call it, also while another is at work here.</summary>
    /// <param name="code">Exit code.</param>
    /// <param name="reason">One line that names the rank and the cause.</param>
    [DoesNotReturn]
    public abstract void Abort(int code, string reason);

    /// <summary>Makes a transfer of this engine.</summary>
    protected abstract Transfer Create(ReadOnlySpan<MemoryBlock> memory);

    /// <summary>Where each rank is; null where it does not answer.</summary>
    protected abstract RankPlace?[] CallRoll();

    /// <summary>What is said of those that have kept this rank waiting for too long.</summary>
    protected CommunicatorException Late() => LateRanks.Tell(CallRoll(), Rank, Timeout);

    internal static Exchange AllReduceOf(float* sums, int count) =>
        new()
        {
            Kind = ExchangeKind.AllReduce,
            Receive = (byte*)sums,
            ReceiveBytes = BytesOf<float>(count),
        };

    internal static int BytesOf<T>(int count)
        where T : unmanaged =>
        (long)count * sizeof(T) is var bytes && bytes <= int.MaxValue
            ? (int)bytes
            : throw new ArgumentException($"{bytes} bytes are too many for one message; split them.", nameof(count));

    internal void RequirePeer(int peer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(peer);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(peer, Size);
        ArgumentOutOfRangeException.ThrowIfEqual(peer, Rank);
    }

    internal void Await(Transfer transfer)
    {
        _waiting = transfer;
        transfer.WaitFor(Patient ? TimeSpan.MaxValue : Timeout);
        _waiting = null;
    }

    private void Do(in Exchange exchange)
    {
        Transfer own = Own;
        own.Start(exchange);
        own.Finish();
    }
}
