using System.Diagnostics;
using Evenkeel.Kernels.Storage;
using Evenkeel.Ranks;

namespace Evenkeel.Mpi;

/// <summary>
/// One or two requests of MPI. Collectives are started and asked for as messages are, never waited for inside the library: a rank that does
/// not come is noticed, other threads of the machine get their turn, and another thread can end it all in between.
/// </summary>
/// <param name="mpi">The library.</param>
/// <param name="rank">The rank that it belongs to.</param>
/// <param name="memory">Where its values lie.</param>
/// <param name="firstTag">Of its channel 0; messages of other tags are not for it.</param>
internal sealed unsafe class MpiTransfer(
    MpiLibrary mpi,
    MpiCommunicator rank,
    ReadOnlySpan<MemoryBlock> memory,
    int firstTag = 0
) : Transfer(rank, memory)
{
    // Asked this often before another thread is let in: what comes soon comes soonest so.
    private const int EagerTests = 200;

    private readonly nint[] _requests = new nint[2];
    private int _open;

    protected override void Begin()
    {
        Exchange e = Exchange;
        MpiAbi abi = mpi.Abi;
        fixed (nint* request = _requests)
        {
            lock (mpi.Gate)
            {
                // MPICH writes 32 bits of each.
                request[0] = request[1] = 0;
                _open = 0;
                if (e.Kind != ExchangeKind.SendReceive)
                    mpi.Check(StartCollective(e, request + _open++), NameOf(e));
                if (e.Kind == ExchangeKind.SendReceive && e.ReceiveBytes > 0)
                    mpi.Check(
                        mpi.Receive(
                            e.Receive,
                            e.ReceiveBytes,
                            abi.Byte,
                            e.Peer,
                            firstTag + e.Channel,
                            abi.World,
                            request + _open++
                        ),
                        "MPI_Irecv"
                    );
                if (e.Kind == ExchangeKind.SendReceive && e.SendBytes > 0)
                    mpi.Check(
                        mpi.Send(
                            e.Send,
                            e.SendBytes,
                            abi.Byte,
                            e.Peer,
                            firstTag + e.Channel,
                            abi.World,
                            request + _open++
                        ),
                        "MPI_Isend"
                    );
            }
        }
    }

    protected override bool Wait(TimeSpan timeout)
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan look = rank.Timeout;
        for (int tests = 0; !Test(); tests++)
        {
            if (timeout <= TimeSpan.Zero)
                return false;
            if (tests < EagerTests)
                continue;
            rank.ThrowIfFailed();
            TimeSpan waited = Stopwatch.GetElapsedTime(start);
            if (waited > timeout || (waited > look && !rank.AllAnswer()))
                rank.GiveUp();
            if (waited > look)
                look = waited + rank.Timeout;
            Thread.Yield();
        }

        return true;
    }

    private int StartCollective(Exchange e, nint* request)
    {
        MpiAbi abi = mpi.Abi;
        return e.Kind switch
        {
            ExchangeKind.AllGather => mpi.AllGather(
                e.Send,
                e.SendBytes,
                abi.Byte,
                e.Receive,
                e.SendBytes,
                abi.Byte,
                abi.World,
                request
            ),
            ExchangeKind.AllReduce => mpi.AllReduce(
                abi.InPlace,
                e.Receive,
                e.ReceiveBytes / sizeof(float),
                abi.Float,
                abi.Sum,
                abi.World,
                request
            ),
            ExchangeKind.Broadcast => mpi.Broadcast(e.Receive, e.ReceiveBytes, abi.Byte, e.Peer, abi.World, request),
            _ => mpi.Barrier(abi.World, request),
        };
    }

    private static string NameOf(in Exchange e) =>
        e.Kind == ExchangeKind.SendReceive ? $"{e.Name} with rank {e.Peer}" : e.Name;

    private bool Test()
    {
        byte* status = stackalloc byte[MpiLibrary.StatusBytes];
        fixed (nint* request = _requests)
        {
            lock (mpi.Gate)
            {
                while (_open > 0)
                {
                    int done = 0;
                    if (mpi.Test(request + _open - 1, &done, status) is var error && error != 0)
                        mpi.Check(error, NameOf(Exchange));
                    if (done == 0)
                        return false;
                    _open--;
                }
            }
        }

        return true;
    }
}
