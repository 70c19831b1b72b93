using Evenkeel.Planning;
using Evenkeel.Ranks;

namespace Evenkeel.Execution;

/// <summary>
/// Sums a rank's slices along their tree, and ranks by the engine's own all-reduce: any number of buckets at a time. The order of summation,
/// and the last bits with it, depend on the engine and on the number of ranks.
/// </summary>
internal sealed class FastGradientExchange : GradientExchange
{
    private readonly GradientRound[][] _own;
    private readonly Communicator? _ranks;
    private readonly Transfer[] _transfers;

    /// <summary>Makes a transfer for each bucket.</summary>
    public FastGradientExchange(ExecutionPlan plan, Program[] slices, SliceShare share, Communicator? ranks)
        : base(plan, slices, share)
    {
        _ranks = ranks;
        var own = new SliceShare(share.Mine, 0, 1, share.Parts);
        _own = [.. Buckets.Select((_, i) => GradientTree.Rounds(own, Whole(i)))];
        _transfers = ranks is { Size: > 1 } ? [.. Buckets.Select(_ => ranks.CreateTransfer([.. Memory]))] : [];
    }

    /// <inheritdoc/>
    public override void Advance()
    {
        for (int i = 0; i < Math.Min(Ready, _transfers.Length); i++)
            _ = _transfers[i].TryFinish();
    }

    /// <inheritdoc/>
    protected override void Begin(int bucket)
    {
        foreach (GradientRound round in _own[bucket])
            AddOwn(round);
        if (_transfers.Length > 0)
            _transfers[bucket].StartAllReduce(Of(Whole(bucket)));
    }

    /// <inheritdoc/>
    protected override void Wait()
    {
        for (int i = 0; i < _transfers.Length; i++)
        {
            _ranks!.Purpose = Buckets[i].Name;
            _transfers[i].Finish();
        }
    }
}
