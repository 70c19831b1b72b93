using System.Diagnostics.CodeAnalysis;
using Evenkeel.Kernels.Storage;
using Evenkeel.Ranks;

namespace Evenkeel.Tests.Ranks;

/// <summary>A rank that counts what it sends.</summary>
internal sealed class CountingRanks(Communicator ranks) : Communicator(ranks.Rank, ranks.Size)
{
    private readonly Communicator _ranks = ranks;

    /// <summary>Messages that were waited for at once.</summary>
    public long Swaps { get; private set; }

    /// <summary>Bytes of them.</summary>
    public long SwappedBytes { get; private set; }

    /// <summary>Bytes of messages that were started and finished later.</summary>
    public long StartedBytes { get; private set; }

    public override string Engine => _ranks.Engine;

    public void Clear() => Swaps = SwappedBytes = StartedBytes = 0;

    [DoesNotReturn]
    public override void Abort(int code, string reason) => _ranks.Abort(code, reason);

    protected override Transfer Create(ReadOnlySpan<MemoryBlock> memory) =>
        new Counted(this, _ranks.CreateTransfer(memory), memory);

    protected override RankPlace?[] CallRoll() => new RankPlace?[Size];

    private sealed class Counted(CountingRanks rank, Transfer inner, ReadOnlySpan<MemoryBlock> memory)
        : Transfer(rank, memory)
    {
        protected override void Begin()
        {
            if (Exchange.Channel == 0)
                rank.StartedBytes += Exchange.SendBytes;
            else
            {
                rank.Swaps++;
                rank.SwappedBytes += Exchange.SendBytes;
            }

            inner.Start(Exchange);
        }

        protected override bool Wait(TimeSpan timeout)
        {
            if (timeout <= TimeSpan.Zero)
                return inner.TryFinish();
            inner.Finish();
            return true;
        }
    }
}
