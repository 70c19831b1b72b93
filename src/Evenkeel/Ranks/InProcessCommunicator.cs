using System.Diagnostics.CodeAnalysis;
using Evenkeel.Kernels.Storage;

namespace Evenkeel.Ranks;

/// <summary>A rank that is a thread.</summary>
internal sealed class InProcessCommunicator(InProcessGroup group, int rank) : Communicator(rank, group.Size)
{
    public override string Engine => "threads of this process";

    /// <summary>How many collectives this rank has started.</summary>
    public long Collectives { get; set; }

    [DoesNotReturn]
    public override void Abort(int code, string reason)
    {
        group.Fail(new CommunicatorException(reason) { Rank = Rank, Code = code });
        throw InProcessGroup.Report(group.Failure!);
    }

    /// <summary>Ends all ranks, because others keep this one waiting.</summary>
    public void GiveUp() => group.Fail(Late());

    protected override RankPlace?[] CallRoll() => group.Places();

    protected override Transfer Create(ReadOnlySpan<MemoryBlock> memory) => new InProcessTransfer(group, this, memory);
}
