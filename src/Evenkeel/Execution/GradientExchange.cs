using System.Numerics.Tensors;
using Evenkeel.Kernels.Storage;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Ranks;

namespace Evenkeel.Execution;

/// <summary>
/// Sums gradients over slices while the backward pass goes on. Buckets take turns in the order of the plan, one message at a time, so messages
/// between two ranks start in the same order on both, whenever each of them comes to its steps. Nothing is allocated per step.
/// </summary>
internal sealed class GradientExchange
{
    private readonly ExchangeGradients[] _buckets;
    private readonly GradientRound[][] _rounds;
    private readonly Program[] _slices;
    private readonly SliceShare _share;
    private readonly Communicator? _ranks;
    private readonly MemoryBlock _received;
    private readonly Transfer? _transfer;

    // Buckets whose gradients are computed, the first one that is not exchanged yet, and the rounds of it that are begun.
    private int _ready;
    private int _bucket;
    private int _round;

    /// <summary>Makes room for what comes from other ranks.</summary>
    public GradientExchange(ExecutionPlan plan, Program[] slices, SliceShare share, Communicator? ranks)
    {
        (_slices, _share, _ranks) = (slices, share, ranks);
        _buckets = [.. plan.Steps.OfType<ExchangeGradients>()];
        _rounds =
        [
            .. _buckets
                .Select(b => plan[b.Gradients])
                .Select(b => GradientTree.Rounds(share, (int)(b.Home / sizeof(float)), b.Fixed)),
        ];
        int most = _rounds
            .SelectMany(rounds => rounds)
            .Where(IsSum)
            .Select(r => r.Receive.Count)
            .DefaultIfEmpty(0)
            .Max();
        _received = new MemoryBlock(most * (long)sizeof(float));
        _transfer = ranks?.CreateTransfer([.. slices.Select(s => s.Bindings.Gradients!), _received]);
    }

    /// <summary>Begins with the next bucket of the plan, whose gradients are computed.</summary>
    public void Start()
    {
        CountOnce(_buckets[_ready]);
        _ready++;
        Advance();
    }

    /// <summary>Goes on as far as it does without waiting; called between two steps.</summary>
    public void Advance()
    {
        while (_bucket < _ready && (_transfer is null || _transfer.TryFinish()))
            GoOn();
    }

    /// <summary>Waits for all buckets.</summary>
    public void Finish()
    {
        while (_bucket < _ready)
        {
            if (_transfer is { Started: true })
            {
                _ranks!.Purpose = _buckets[_bucket].Name;
                _transfer.Finish();
            }

            GoOn();
        }

        (_ready, _bucket) = (0, 0);
    }

    // Takes in what the last round has brought, and starts the next one.
    private void GoOn()
    {
        GradientRound[] rounds = _rounds[_bucket];
        if (_round > 0 && rounds[_round - 1] is { Adds: true } done)
        {
            Span<float> sum = Of(done.Receive);
            TensorPrimitives.Add(sum, IsSum(done) ? Received(done) : Of(done.Send), sum);
        }

        if (_round == rounds.Length)
        {
            _bucket++;
            _round = 0;
            return;
        }

        GradientRound next = rounds[_round++];
        if (next.Peer != _share.Rank)
            _transfer!.StartSendReceive<float>(Of(next.Send), next.Adds ? Received(next) : Of(next.Receive), next.Peer);
    }

    // Whether another rank's values are added to ours.
    private bool IsSum(GradientRound round) => round.Adds && round.Peer != _share.Rank;

    private Span<float> Received(GradientRound round) => _received.Span<float>(0, round.Receive.Count);

    private Span<float> Of(GradientPart part) =>
        _slices[part.Slice].Bindings.Gradients!.Span<float>(part.Start * (long)sizeof(float), part.Count);

    // Every slice of a group has the gradients that are made of exchanged sums.
    private void CountOnce(ExchangeGradients bucket)
    {
        for (int i = 0; i < _slices.Length; i++)
        {
            foreach ((BufferId buffer, int group) in bucket.Grouped)
            {
                BufferInfo info = _slices[i].Plan[buffer];
                if ((_share.First + i) % group != 0)
                    _slices[i].Bindings.Gradients!.Span<float>(info.Home, info.Fixed).Clear();
            }
        }
    }
}
