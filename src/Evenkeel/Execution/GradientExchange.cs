using System.Numerics.Tensors;
using Evenkeel.Kernels.Storage;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Ranks;

namespace Evenkeel.Execution;

/// <summary>
/// Sums gradients over slices while the backward pass goes on: each bucket is started when its gradients are computed, and all are finished
/// before anybody reads them. Nothing is allocated per step.
/// </summary>
internal abstract class GradientExchange
{
    private readonly Program[] _slices;
    private readonly SliceShare _share;

    private protected GradientExchange(ExecutionPlan plan, Program[] slices, SliceShare share)
    {
        (_slices, _share) = (slices, share);
        Buckets = [.. plan.Steps.OfType<ExchangeGradients>()];
    }

    /// <summary>In the order of the plan.</summary>
    protected ExchangeGradients[] Buckets { get; }

    /// <summary>How many of them are started.</summary>
    protected int Ready { get; private set; }

    /// <summary>Memory that holds the gradients.</summary>
    protected IEnumerable<MemoryBlock> Memory => _slices.Select(s => s.Bindings.Gradients!);

    /// <summary>Makes the exchange that a plan asks for.</summary>
    public static GradientExchange Of(ExecutionPlan plan, Program[] slices, SliceShare share, Communicator? ranks) =>
        plan.Options.Exchange switch
        {
            ExchangeMode.Exact => new ExactGradientExchange(plan, slices, share, ranks),
            ExchangeMode.Fast => new FastGradientExchange(plan, slices, share, ranks),
            _ => throw new ArgumentOutOfRangeException(nameof(plan)),
        };

    /// <summary>Begins with the next bucket of the plan, whose gradients are computed.</summary>
    public void Start()
    {
        CountOnce(Buckets[Ready]);
        Begin(Ready++);
    }

    /// <summary>Goes on as far as it does without waiting; called between two steps.</summary>
    public abstract void Advance();

    /// <summary>Waits for all buckets.</summary>
    public void Finish()
    {
        Wait();
        Ready = 0;
    }

    /// <summary>Begins with a bucket.</summary>
    protected abstract void Begin(int bucket);

    /// <summary>Waits for all that were begun.</summary>
    protected abstract void Wait();

    /// <summary>Adds one of this rank's slices to another.</summary>
    protected void AddOwn(in GradientRound round) => Add(round.Receive, Of(round.Send));

    /// <summary>Adds values to gradients.</summary>
    protected void Add(GradientPart sum, ReadOnlySpan<float> other) => TensorPrimitives.Add(Of(sum), other, Of(sum));

    /// <summary>Gradients in memory.</summary>
    protected Span<float> Of(GradientPart part) =>
        _slices[part.Slice].Bindings.Gradients!.Span<float>(part.Start * (long)sizeof(float), part.Count);

    /// <summary>The gradients of a bucket of the first slice.</summary>
    protected GradientPart Whole(int bucket)
    {
        BufferInfo info = _slices[0].Plan[Buckets[bucket].Gradients];
        return new GradientPart(0, (int)(info.Home / sizeof(float)), info.Fixed);
    }

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
