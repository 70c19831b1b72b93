namespace Evenkeel.Ranks;

/// <summary>What ranks do together.</summary>
public enum ExchangeKind
{
    /// <summary>All wait for all.</summary>
    Barrier,

    /// <summary>Everybody gets the values of everybody, in the order of ranks.</summary>
    AllGather,

    /// <summary>Everybody gets the sums of floats over all ranks.</summary>
    AllReduce,

    /// <summary>Everybody gets the values of one.</summary>
    Broadcast,

    /// <summary>Two ranks swap values.</summary>
    SendReceive,
}

/// <summary>One message or collective, as an implementation of <see cref="Transfer"/> sees it: addresses that stay until it is finished.</summary>
public unsafe struct Exchange
{
    /// <summary>What is done.</summary>
    public ExchangeKind Kind { get; init; }

    /// <summary>What is sent; in a broadcast and an all-reduce nothing, for they work in place.</summary>
    public byte* Send { get; init; }

    /// <summary>Bytes of it.</summary>
    public int SendBytes { get; init; }

    /// <summary>Where values arrive.</summary>
    public byte* Receive { get; init; }

    /// <summary>Bytes that arrive.</summary>
    public int ReceiveBytes { get; init; }

    /// <summary>The other rank of two, or the root of a broadcast.</summary>
    public int Peer { get; init; }

    /// <summary>Messages between two ranks meet in the order in which they were started, those of each channel by themselves.</summary>
    public int Channel { get; init; }

    /// <summary>What is done, in words that are the same on all ranks.</summary>
    public readonly string Name =>
        Kind switch
        {
            ExchangeKind.AllGather => "all-gather",
            ExchangeKind.AllReduce => "all-reduce",
            ExchangeKind.Broadcast => "broadcast",
            ExchangeKind.SendReceive => "swap",
            _ => "barrier",
        };
}
