using System.Collections.Immutable;
using System.Globalization;
using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Rewrites;

namespace Evenkeel.Planning;

/// <summary>
/// A network lowered to a flat list of steps over planned memory: layer records, then rewrites, lowering, liveness and the
/// arena. Immutable; holds no memory itself.
/// </summary>
internal sealed class ExecutionPlan
{
    /// <summary>Bytes of one arena that can be had.</summary>
    private const long MaxArenaBytes = 1L << 37;

    private readonly IReadOnlyDictionary<ValueId, BufferId> _values;
    private readonly IReadOnlyDictionary<string, BufferId> _kept;
    private readonly Dictionary<string, BufferId> _observedGradients;

    private ExecutionPlan(PlanBuilder builder, RewriteResult rewritten)
    {
        Graph = builder.Graph;
        Options = builder.Options;
        Rewrites = [.. rewritten.Log, .. builder.Log];
        Steps = [.. builder.Forward, .. builder.Backward, .. builder.Update, .. builder.Commit];
        ForwardSteps = builder.Forward.Count;
        BackwardSteps = builder.Backward.Count;
        UpdateSteps = builder.Update.Count;
        Buffers = [.. builder.Buffers];
        _kept = builder.KeptBuffers;
        _values = builder.Values;
        _observedGradients = ObservedGradients(builder);
        (Layout, Loss, GradientNorm, IsFinite) = (builder.Layout, builder.Loss, builder.GradientNorm, builder.IsFinite);
        Live = [.. Liveness.Compute(Steps, Buffers, ReadAfterwards())];
        foreach (BufferInfo buffer in Buffers)
            RequireBytes(
                $"The value '{buffer.Name}' takes",
                (buffer.Fixed + ((double)Options.SliceBatch * buffer.PerExample)) * buffer.Type.Bytes()
            );
        long[] bytes =
        [
            .. Buffers.Select(b => b.Region == Region.Activation && b.View is null ? b.Bytes(Options.SliceBatch) : 0),
        ];
        ArenaLayout arena = ArenaPlanner.Plan(
            bytes,
            [.. Buffers.Select((b, i) => b.Region == Region.Activation ? Live[i] : LiveRange.None)]
        );
        Offsets = [.. arena.Offsets];
        ActivationBytes = arena.Bytes;
        RequireBytes("The values between layers take", ActivationBytes);
    }

    /// <summary>The network of operations, after rewriting.</summary>
    internal Graph Graph { get; }

    /// <summary>What the plan was built for.</summary>
    public PlanOptions Options { get; }

    /// <summary>What the rewrite rules did, and why some did not.</summary>
    public ImmutableArray<RewriteLogEntry> Rewrites { get; }

    /// <summary>All steps: forward, then backward, then update, then commit.</summary>
    internal ImmutableArray<Step> Steps { get; }

    /// <summary>How many steps are forward.</summary>
    public int ForwardSteps { get; }

    /// <summary>How many steps are backward.</summary>
    public int BackwardSteps { get; }

    /// <summary>How many steps update parameters; the rest commit running statistics.</summary>
    public int UpdateSteps { get; }

    /// <summary>Every buffer, in the order of their ids.</summary>
    internal ImmutableArray<BufferInfo> Buffers { get; }

    /// <summary>Per buffer, the steps that need it.</summary>
    internal ImmutableArray<LiveRange> Live { get; }

    /// <summary>Per buffer, its byte offset in the activation arena, or -1.</summary>
    public ImmutableArray<long> Offsets { get; }

    /// <summary>Size of the activation arena for the largest batch.</summary>
    public long ActivationBytes { get; }

    /// <summary>Where the tensors of the network lie.</summary>
    internal TensorLayout Layout { get; }

    /// <summary>Buffers of the loss; null where there is none.</summary>
    internal LossBuffers? Loss { get; }

    /// <summary>Buffer of the norm of the gradients; null where it is not measured.</summary>
    internal BufferId? GradientNorm { get; }

    /// <summary>Buffer of what a training step judged: 1 where its loss and gradients are finite, else 0.</summary>
    internal BufferId IsFinite { get; }

    /// <summary>Rewrites, lowers and plans a network for the CPU.</summary>
    /// <exception cref="GraphException">The network or the options do not allow it.</exception>
    public static ExecutionPlan Build(Graph graph, PlanOptions options) => Build(graph, options, RuleSet.Cpu);

    /// <summary>The same for a device with rules of its own, which run behind the rules of algebra.</summary>
    internal static ExecutionPlan Build(Graph graph, PlanOptions options, IReadOnlyList<RewriteRule> deviceRules)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        if (options.MaxBatch < 1)
            throw new GraphException($"A plan needs a batch of 1 or more, not {options.MaxBatch}.");
        if (options.Slices < 1)
            throw new GraphException($"A batch has 1 slice or more, not {options.Slices}.");
        if (options.Accumulate < 1)
            throw new GraphException($"A batch has 1 micro-batch or more, not {options.Accumulate}.");
        if (options.KeepActivations is not (ElementType.Float32 or ElementType.BFloat16))
            throw new GraphException(
                $"A plan keeps activations as Float32 or BFloat16, not as {options.KeepActivations}."
            );
        if (!(options.Recompute is >= 0 and <= 1))
            throw new GraphException($"A plan computes a share of 0 to 1 again, not {options.Recompute}.");
        foreach (string observed in options.Observed)
            _ = graph[observed];
        options.Loss?.Require(graph);
        graph = options.Loss?.Logits(graph, options) ?? graph;
        RewriteResult rewritten = RewriteRunner.Run(graph, [.. RuleSet.Algebraic, .. deviceRules], options);
        var builder = new PlanBuilder(rewritten.Graph, graph, options);
        builder.Lower();
        return new ExecutionPlan(builder, rewritten);
    }

    /// <summary>What a buffer is.</summary>
    internal BufferInfo this[BufferId buffer] => Buffers[buffer.Index];

    /// <summary>Buffer of a value; one of a layer that was fused away has none.</summary>
    internal BufferId? ValueOf(string value) => Graph.Contains(value) ? _values[Graph.IdOf(value)] : null;

    /// <summary>Whether the gradient of a value is kept.</summary>
    internal bool HasGradientOf(string value) => _observedGradients.ContainsKey(value);

    /// <summary>Buffer of the gradient of an observed value.</summary>
    /// <exception cref="GraphException">None is kept, or nothing in front of the value learns.</exception>
    internal BufferId GradientOf(string value) =>
        _observedGradients.TryGetValue(value, out BufferId buffer)
            ? buffer
            : throw new GraphException(
                $"The plan does not keep the gradient of '{value}'; observe a layer that learns, or one behind it, and its gradients."
            );

    /// <summary>Buffer kept under <c>layer.name</c>.</summary>
    internal BufferId? KeptOf(string name) => _kept.TryGetValue(name, out BufferId buffer) ? buffer : null;

    private static Dictionary<string, BufferId> ObservedGradients(PlanBuilder builder)
    {
        IEnumerable<string> names = builder.Options.ObserveGradients ? builder.Options.Observed : [];
        return names
            .Select(name => (Name: name, Id: builder.Graph.IdOf(name)))
            .Where(value => builder.Gradients.Has(value.Id))
            .ToDictionary(value => value.Name, value => builder.Gradients.OfValue(value.Id));
    }

    private void RequireBytes(string what, double bytes)
    {
        if (bytes > MaxArenaBytes)
            throw new GraphException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what} {bytes / (1 << 30):N0} GiB at a batch of {Options.MaxBatch}, above the limit of {MaxArenaBytes >> 30} GiB; use a smaller batch or smaller inputs."
                )
            );
    }

    private IEnumerable<BufferId> ReadAfterwards()
    {
        foreach (string name in Graph.OutputNames.Concat(Options.Observed))
            yield return _values[Graph.IdOf(name)];
        // Of what is kept only statistics are asked for, which have no size per example.
        IEnumerable<BufferId> statistics = _kept.Values.Where(kept => this[kept].PerExample == 0);
        foreach (BufferId kept in statistics.Concat(_observedGradients.Values))
            yield return kept;
        if (Loss is { } loss)
        {
            yield return loss.Losses;
            if (loss.Kept is { } ofLoss)
                yield return ofLoss;
            yield return loss.Mean;
        }

        if (GradientNorm is { } norm)
            yield return norm;
        yield return IsFinite;
    }
}
