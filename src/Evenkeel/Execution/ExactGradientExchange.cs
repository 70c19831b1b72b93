using Evenkeel.Kernels.Storage;
using Evenkeel.Planning;
using Evenkeel.Ranks;

namespace Evenkeel.Execution;

/// <summary>
/// Sums along the tree of slices, with the same bits on any number of ranks. Buckets take turns in the order of the plan, one message at a
/// time, so messages between two ranks start in the same order on both, whenever each of them comes to its steps.
/// </summary>
internal sealed class ExactGradientExchange : GradientExchange
{
    private readonly GradientRound[][] _rounds;
    private readonly int _rank;
    private readonly Communicator? _ranks;
    private readonly MemoryBlock _received;
    private readonly Transfer? _transfer;

    // The first bucket that is not exchanged yet, and the rounds of it that are begun.
    private int _bucket;
    private int _round;

    /// <summary>Makes room for what comes from other ranks.</summary>
    public ExactGradientExchange(ExecutionPlan plan, Program[] slices, SliceShare share, Communicator? ranks)
        : base(plan, slices, share)
    {
        (_rank, _ranks) = (share.Rank, ranks);
        _rounds = [.. Buckets.Select((_, i) => GradientTree.Rounds(share, Whole(i)))];
        int most = _rounds.SelectMany(r => r).Where(IsSum).Select(r => r.Receive.Count).DefaultIfEmpty(0).Max();
        _received = new MemoryBlock(most * (long)sizeof(float));
        _transfer = ranks?.CreateTransfer([.. Memory, _received]);
    }

    /// <inheritdoc/>
    public override void Advance()
    {
        while (_bucket < Ready && (_transfer is null || _transfer.TryFinish()))
            GoOn();
    }

    /// <inheritdoc/>
    protected override void Begin(int bucket) => Advance();

    /// <inheritdoc/>
    protected override void Wait()
    {
        while (_bucket < Ready)
        {
            if (_transfer is { Started: true })
            {
                _ranks!.Purpose = Buckets[_bucket].Name;
                _transfer.Finish();
            }

            GoOn();
        }

        _bucket = 0;
    }

    // Takes in what the last round has brought, and starts the next one.
    private void GoOn()
    {
        GradientRound[] rounds = _rounds[_bucket];
        if (_round > 0 && IsSum(rounds[_round - 1]))
            Add(rounds[_round - 1].Receive, Received(rounds[_round - 1]));
        if (_round == rounds.Length)
        {
            _bucket++;
            _round = 0;
            return;
        }

        GradientRound next = rounds[_round++];
        if (next.Peer == _rank)
            AddOwn(next);
        else
            _transfer!.StartSendReceive<float>(Of(next.Send), next.Adds ? Received(next) : Of(next.Receive), next.Peer);
    }

    // Whether another rank's values are added to ours.
    private bool IsSum(GradientRound round) => round.Adds && round.Peer != _rank;

    private Span<float> Received(in GradientRound round) => _received.Span<float>(0, round.Receive.Count);
}
