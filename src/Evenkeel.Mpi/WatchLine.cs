using Evenkeel.Kernels.Storage;

namespace Evenkeel.Mpi;

/// <summary>
/// Messages between the watches of two ranks. One that is sent may lie with the library until the other rank looks for it, so those behind it
/// wait for their turn: none is lost, and nobody waits here.
/// </summary>
/// <param name="mpi">The library.</param>
/// <param name="rank">This rank.</param>
/// <param name="peer">The other.</param>
internal sealed unsafe class WatchLine(MpiLibrary mpi, MpiCommunicator rank, int peer)
{
    // Beyond those of exchanges.
    private const int Tag = 1000;

    private readonly End _out = new(mpi, rank),
        _in = new(mpi, rank);
    private readonly Queue<WatchMessage> _waiting = new();

    /// <summary>Says something, as soon as what was said before is on its way; any thread may.</summary>
    public void Send(WatchMessage message)
    {
        lock (_waiting)
            _waiting.Enqueue(message);
        GoOn();
    }

    /// <summary>Sends what waits, as far as it can.</summary>
    public void GoOn()
    {
        lock (_waiting)
        {
            while (_waiting.Count > 0 && _out.Transfer.TryFinish())
            {
                _waiting.Dequeue().Write(_out.Bytes);
                _out.Transfer.StartSendReceive<byte>(_out.Bytes, [], peer);
            }
        }
    }

    /// <summary>What the other rank says; null if nothing has come. For one thread.</summary>
    public WatchMessage? Receive()
    {
        if (!HasCome())
            return null;
        _in.Transfer.StartSendReceive<byte>([], _in.Bytes, peer);
        while (!_in.Transfer.TryFinish())
            Thread.Yield();
        return WatchMessage.Read(_in.Bytes);
    }

    private bool HasCome()
    {
        int come = 0;
        byte* status = stackalloc byte[MpiLibrary.StatusBytes];
        lock (mpi.Gate)
            mpi.Check(mpi.Probe(peer, Tag, mpi.Abi.World, &come, status), "MPI_Iprobe");
        return come != 0;
    }

    /// <summary>One direction: a message, and what carries it.</summary>
    private sealed class End
    {
        private readonly MemoryBlock _memory = new(WatchMessage.Bytes);

        public End(MpiLibrary mpi, MpiCommunicator rank) => Transfer = new MpiTransfer(mpi, rank, [_memory], Tag);

        public MpiTransfer Transfer { get; }

        public Span<byte> Bytes => _memory.Span<byte>(0, WatchMessage.Bytes);
    }
}
