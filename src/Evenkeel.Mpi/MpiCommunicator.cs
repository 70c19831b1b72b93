using System.Diagnostics.CodeAnalysis;
using Evenkeel.Kernels.Storage;
using Evenkeel.Ranks;

namespace Evenkeel.Mpi;

/// <summary>A rank that is a process: MPI's world.</summary>
internal sealed class MpiCommunicator(MpiLibrary mpi, int rank, int size) : Communicator(rank, size)
{
    // A thread that hangs inside the library must not keep the others alive.
    private const int GateMilliseconds = 1000;

    public override string Engine { get; } = mpi.Version();

    /// <summary>Requires that the library sees the ranks that the launcher has started.</summary>
    public void RequireThoseOf(Launcher? launcher)
    {
        if (launcher is not null && (launcher.Rank, launcher.Size) != (Rank, Size))
            throw new CommunicatorException(
                $"{launcher}, is rank {Rank} of {Size} to {Engine}: the library is not the launcher's; name the right one by EVENKEEL_MPI, "
                    + "or tell srun which it is by --mpi=pmix or --mpi=pmi2"
            )
            {
                Rank = launcher.Rank,
            };
    }

    [DoesNotReturn]
    public override void Abort(int code, string reason)
    {
        Console.Error.WriteLine(reason);
        bool mine = Monitor.TryEnter(mpi.Gate, GateMilliseconds);
        mpi.Abort(code);
        if (mine)
            Monitor.Exit(mpi.Gate);
        Environment.Exit(code);
        throw new CommunicatorException(reason);
    }

    protected override Transfer Create(ReadOnlySpan<MemoryBlock> memory) => new MpiTransfer(mpi, this, memory);
}
