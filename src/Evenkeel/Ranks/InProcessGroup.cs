using System.Numerics.Tensors;

namespace Evenkeel.Ranks;

/// <summary>
/// Where threads meet. All is done under one lock: once a rank has failed, no other writes into memory that it may have left behind.
/// </summary>
internal sealed unsafe class InProcessGroup(int size)
{
    private readonly List<Meeting> _meetings = [];
    private readonly Stack<Meeting> _spare = [];
    private readonly InProcessCommunicator?[] _ranks = new InProcessCommunicator?[size];
    private readonly Channel[] _channels =
    [
        .. Enumerable.Range(0, Communicator.Channels * size * size).Select(_ => new Channel()),
    ];

    // The number of the first meeting that somebody has not come to yet.
    private long _first;

    public int Size { get; } = size;

    /// <summary>Why no rank goes on; null as long as all is well.</summary>
    public CommunicatorException? Failure { get; private set; }

    /// <summary>Ends all ranks for a reason; the first one counts.</summary>
    public void Fail(CommunicatorException failure)
    {
        lock (this)
        {
            Failure ??= failure;
            Monitor.PulseAll(this);
        }
    }

    public void ThrowIfFailed()
    {
        if (Failure is { } failure)
            throw Report(failure);
    }

    /// <summary>The failure as another thread throws it.</summary>
    public static CommunicatorException Report(CommunicatorException failure) =>
        new(failure.Message, failure.InnerException ?? failure) { Rank = failure.Rank, Code = failure.Code };

    /// <summary>Starts an exchange, and does it if the others have started theirs.</summary>
    public void Post(InProcessTransfer transfer)
    {
        lock (this)
        {
            ThrowIfFailed();
            if (transfer.Exchange.Kind == ExchangeKind.SendReceive)
                Swap(transfer, transfer.Owner.Rank, transfer.Exchange.Peer);
            else
                Join(transfer, transfer.Owner.Rank);
            ThrowIfFailed();
        }
    }

    /// <summary>Makes a rank known.</summary>
    public InProcessCommunicator Add(int rank) => _ranks[rank] = new InProcessCommunicator(this, rank);

    /// <summary>Where each rank is; one that has not begun is nowhere.</summary>
    public RankPlace?[] Places() => [.. _ranks.Select(rank => (RankPlace?)(rank?.Place ?? default))];

    private void Swap(InProcessTransfer transfer, int rank, int peer)
    {
        Exchange e = transfer.Exchange;
        transfer.Open = (e.SendBytes > 0 ? 1 : 0) + (e.ReceiveBytes > 0 ? 1 : 0);
        if (e.SendBytes > 0)
        {
            Channel there = From(rank, peer, e.Channel);
            if (there.Receivers.TryDequeue(out InProcessTransfer? receiver))
                Copy(transfer, receiver);
            else
                there.Senders.Enqueue(transfer);
        }

        if (e.ReceiveBytes > 0)
        {
            Channel back = From(peer, rank, e.Channel);
            if (back.Senders.TryDequeue(out InProcessTransfer? sender))
                Copy(sender, transfer);
            else
                back.Receivers.Enqueue(transfer);
        }
    }

    private Channel From(int rank, int peer, int channel) => _channels[(((channel * Size) + rank) * Size) + peer];

    private void Copy(InProcessTransfer from, InProcessTransfer to)
    {
        Exchange send = from.Exchange;
        Exchange receive = to.Exchange;
        if (send.SendBytes != receive.ReceiveBytes)
        {
            Differ(to.Owner.Rank, $"expects {receive.ReceiveBytes} bytes", from.Owner.Rank, $"sends {send.SendBytes}");
            return;
        }

        Copy(send.Send, receive.Receive, send.SendBytes);
        Done(from);
        Done(to);
    }

    private void Join(InProcessTransfer transfer, int rank)
    {
        transfer.Open = 1;
        int index = (int)(transfer.Owner.Collectives++ - _first);
        if (index == _meetings.Count)
            _meetings.Add(_spare.TryPop(out Meeting? spare) ? spare : new Meeting(Size));
        Meeting meeting = _meetings[index];
        meeting.Posts[rank] = transfer;
        if (++meeting.Arrived < Size)
            return;
        // All have come to this one, so all have come to those before it: it is the first.
        if (Agree(meeting.Posts!))
        {
            Perform(meeting.Posts!);
            foreach (InProcessTransfer? post in meeting.Posts)
                Done(post!);
        }

        _meetings.RemoveAt(0);
        _first++;
        Array.Clear(meeting.Posts);
        meeting.Arrived = 0;
        _spare.Push(meeting);
    }

    private bool Agree(InProcessTransfer[] posts)
    {
        Exchange first = posts[0].Exchange;
        foreach (InProcessTransfer post in posts)
        {
            Exchange other = post.Exchange;
            if ((other.Kind, other.ReceiveBytes, other.Peer) == (first.Kind, first.ReceiveBytes, first.Peer))
                continue;
            Differ(post.Owner.Rank, $"is in {Words(other)}", 0, $"in {Words(first)}");
            return false;
        }

        return true;

        static string Words(Exchange e) => $"{e.Name} of {e.ReceiveBytes} bytes";
    }

    private static void Perform(InProcessTransfer[] posts)
    {
        Exchange first = posts[0].Exchange;
        switch (first.Kind)
        {
            case ExchangeKind.AllGather:
                foreach (InProcessTransfer to in posts)
                {
                    for (int r = 0; r < posts.Length; r++)
                        Copy(
                            posts[r].Exchange.Send,
                            to.Exchange.Receive + ((long)r * first.SendBytes),
                            first.SendBytes
                        );
                }

                break;
            case ExchangeKind.AllReduce:
                Span<float> sums = Floats(first);
                for (int r = 1; r < posts.Length; r++)
                    TensorPrimitives.Add(sums, Floats(posts[r].Exchange), sums);
                Spread(posts, posts[0]);
                break;
            case ExchangeKind.Broadcast:
                Spread(posts, posts[first.Peer]);
                break;
        }
    }

    private static void Spread(InProcessTransfer[] posts, InProcessTransfer from)
    {
        foreach (InProcessTransfer to in posts)
        {
            if (to != from)
                Copy(from.Exchange.Receive, to.Exchange.Receive, from.Exchange.ReceiveBytes);
        }
    }

    private static Span<float> Floats(Exchange e) => new(e.Receive, e.ReceiveBytes / sizeof(float));

    private static void Copy(byte* from, byte* to, int bytes) => Buffer.MemoryCopy(from, to, bytes, bytes);

    private void Done(InProcessTransfer transfer)
    {
        transfer.Open--;
        Monitor.PulseAll(this);
    }

    private void Differ(int rank, string does, int other, string doesOther) =>
        Fail(new CommunicatorException($"rank {rank} {does}, rank {other} {doesOther}") { Rank = rank });

    /// <summary>A collective that not all ranks have come to.</summary>
    private sealed class Meeting(int size)
    {
        public InProcessTransfer?[] Posts { get; } = new InProcessTransfer?[size];
        public int Arrived { get; set; }
    }

    /// <summary>From one rank to another: what waits for its other end, in order.</summary>
    private sealed class Channel
    {
        public Queue<InProcessTransfer> Senders { get; } = [];
        public Queue<InProcessTransfer> Receivers { get; } = [];
    }
}
