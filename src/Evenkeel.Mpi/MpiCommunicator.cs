using System.Diagnostics.CodeAnalysis;
using Evenkeel.Kernels.Storage;
using Evenkeel.Ranks;

namespace Evenkeel.Mpi;

/// <summary>A rank that is a process: MPI's world.</summary>
internal sealed class MpiCommunicator : Communicator, IDisposable
{
    // A thread that hangs inside the library must not keep the others alive.
    private const int GateMilliseconds = 1000;

    // As long as the first rank is given to save what there is and to say why all end.
    private static readonly TimeSpan LongestGrace = TimeSpan.FromSeconds(5);

    /// <summary>As long as ranks may take to end, when all that is left is to see that all are done.</summary>
    public static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(30);

    // Launchers hand on what was written, and drop what they have not handed on when all are ended.
    private static readonly TimeSpan Forwarding = TimeSpan.FromMilliseconds(200);

    private readonly MpiLibrary _mpi;
    private readonly RankWatch _watch;
    private readonly Action<string> _report;

    /// <summary>The rank of this process.</summary>
    /// <param name="mpi">The library, started.</param>
    /// <param name="report">Writes the line that says why all end.</param>
    public MpiCommunicator(MpiLibrary mpi, Action<string> report)
        : base(mpi.Number("MPI_Comm_rank"), mpi.Number("MPI_Comm_size"))
    {
        (_mpi, _report) = (mpi, report);
        Engine = mpi.Version();
        _watch = new RankWatch(mpi, this);
    }

    public override string Engine { get; }

    private TimeSpan Grace => Timeout < LongestGrace ? Timeout : LongestGrace;

    /// <summary>Requires that the library sees the ranks that the launcher has started.</summary>
    public void RequireThoseOf(Launcher? launcher)
    {
        if (launcher is not null && (launcher.Rank, launcher.Size) != (Rank, Size))
            throw new CommunicatorException(
                $"{launcher}, is rank {Rank} of {Size} to {Engine}: the library is not that of the launcher; name the right one in EVENKEEL_MPI, "
                    + "or choose it for srun with --mpi=pmix or --mpi=pmi2"
            )
            {
                Rank = launcher.Rank,
            };
    }

    /// <summary>Throws what another rank has failed of.</summary>
    public void ThrowIfFailed()
    {
        if (_watch.Failure is { } failure)
            throw new CommunicatorException(failure.Message) { Rank = failure.Rank, Code = failure.Code };
    }

    /// <summary>Whether all ranks say where they are.</summary>
    public bool AllAnswer() => !_watch.CallRoll().Contains(null);

    /// <summary>Tells the others that this rank has waited for too long, and throws it.</summary>
    [DoesNotReturn]
    public void GiveUp()
    {
        CommunicatorException late = Late();
        _watch.Tell(late);
        throw late;
    }

    /// <summary>Waits until all ranks have done what they do, and none asks any more: then the watch may end.</summary>
    public void Part()
    {
        (Step, Purpose, Patient) = (0, "end of the run", true);
        Barrier();
        // Who has left the first barrier answers those that still wait in it. All come here soon, so nobody asks here.
        (Timeout, Patient) = (LongestEnd, false);
        Barrier();
    }

    /// <summary>
    /// As of the base. Where several ranks fail of the same, one line is said, by the first of them: it ends the others while they wait.
    /// </summary>
    [DoesNotReturn]
    public override void Abort(int code, string reason)
    {
        _watch.Tell(new CommunicatorException(reason) { Rank = Rank, Code = code });
        // The second rank has a head start over those behind it, however late its message reaches them.
        if (Rank > 0)
            Thread.Sleep(Rank == 1 ? Grace : 2 * Grace);
        // It speaks and ends all; where a process is stopped, launchers take seconds for that.
        if (_watch.AnEarlierRankFailed)
            Thread.Sleep(2 * LongestGrace);
        _report(reason);
        Thread.Sleep(Forwarding);
        bool mine = Monitor.TryEnter(_mpi.Gate, GateMilliseconds);
        _mpi.Abort(code);
        if (mine)
            Monitor.Exit(_mpi.Gate);
        Environment.Exit(code);
        throw new CommunicatorException(reason);
    }

    /// <summary>Ends the watch; the library goes on.</summary>
    public void Dispose() => _watch.Dispose();

    protected override Transfer Create(ReadOnlySpan<MemoryBlock> memory) => new MpiTransfer(_mpi, this, memory);

    protected override RankPlace?[] CallRoll() => _watch.CallRoll();
}
