using System.Globalization;
using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Rewrites;

namespace Evenkeel.Planning;

/// <summary>
/// Keeps values of the forward pass as bfloat16 until the backward pass reads them: narrowed behind the last step that uses them forward, and
/// widened in front of the first one that reads them backward. Statistics and what is learned are no values of a graph and stay as they are.
/// </summary>
internal sealed class NarrowedValues(PlanBuilder builder)
{
    /// <summary>Name under which it is explained.</summary>
    public const string Rule = "keep-in-bf16";

    // A value that is read again sooner would take more memory so, in both forms, than it saves in between.
    private const int MinStepsBetween = 4;

    private readonly HashSet<string> _readAfterwards = [.. builder.Graph.OutputNames, .. builder.Options.Observed];
    private readonly Dictionary<ValueId, BufferId> _inBackward = [];
    private readonly List<Narrowed> _narrowed = [];
    private Dictionary<BufferId, int>? _lastUses;

    /// <summary>Values that are narrowed.</summary>
    public IEnumerable<BufferId> Values => _narrowed.Select(n => n.Value);

    /// <summary>Where the backward pass reads a value; the forward pass has been lowered.</summary>
    public BufferId InBackward(ValueId value)
    {
        if (builder.Options.KeepActivations == ElementType.Float32)
            return builder.Value(value);
        if (!_inBackward.TryGetValue(value, out BufferId buffer))
            _inBackward[value] = buffer = Find(value);
        return buffer;
    }

    /// <summary>Puts the steps that narrow and widen between those of the finished passes.</summary>
    public void AddSteps()
    {
        Dictionary<BufferId, int> last = LastUses(),
            first = FirstUses();
        // Steps that were fused may not read a value any more.
        ILookup<int, Narrowed> narrowed = _narrowed
                .Where(n => first.ContainsKey(n.Widened))
                .ToLookup(n => last[n.Value]),
            widened = _narrowed.Where(n => first.ContainsKey(n.Widened)).ToLookup(n => first[n.Widened]);
        Step[] forward = [.. builder.Forward.SelectMany((step, i) => narrowed[i].Select(n => n.Narrow).Prepend(step))],
            backward = [.. builder.Backward.SelectMany((step, i) => widened[i].Select(n => n.Widen).Append(step))];
        builder.Forward.Clear();
        builder.Forward.AddRange(forward);
        builder.Backward.Clear();
        builder.Backward.AddRange(backward);
    }

    private BufferId Find(ValueId value)
    {
        BufferId own = builder.Value(value);
        NodeValue made = builder.Graph[value];
        if (builder.PartOf(value) is { } part)
        {
            BufferId whole = InBackward(part.Whole);
            return whole == builder.Value(part.Whole)
                ? own
                : builder.AddView($"{made.Name} (widened)", whole, part.Offset, made.Shape);
        }

        BufferInfo info = builder.Buffers[own.Index];
        if (info.Region != Region.Activation)
            return own;
        string? obstacle = Obstacle(made, own);
        BufferInfo kept = info with { Name = $"{made.Name} (bf16)", Type = ElementType.BFloat16 };
        int batch = builder.Options.SliceBatch;
        string reason = string.Create(
            CultureInfo.InvariantCulture,
            $"kept in {kept.Bytes(batch):N0} bytes instead of {info.Bytes(batch):N0}"
        );
        builder.Log.Add(new RewriteLogEntry(Rule, made.Name, obstacle is null, obstacle ?? reason));
        if (obstacle is not null)
            return own;
        var found = new Narrowed(
            made.Name,
            own,
            builder.Add(kept),
            builder.Add(info with { Name = $"{made.Name} (widened)" })
        );
        _narrowed.Add(found);
        return found.Widened;
    }

    private string? Obstacle(NodeValue made, BufferId own)
    {
        if (_readAfterwards.Contains(made.Name))
            return "the value is read after the run";
        Node? exact = builder
            .Graph.Consumers(made.Name)
            .Prepend(made.Node)
            .FirstOrDefault(n => n.Layer is IOperation { NeedsExactValues: true });
        if (exact is not null)
            return $"{exact.Name} needs it as it is";
        _lastUses ??= LastUses();
        int between = builder.Forward.Count - 1 - _lastUses[own] + builder.Backward.Count;
        return between < MinStepsBetween
            ? $"it is read again {between} steps behind the forward pass's last use of it"
            : null;
    }

    private Dictionary<BufferId, int> LastUses()
    {
        var uses = new Dictionary<BufferId, int>();
        for (int i = 0; i < builder.Forward.Count; i++)
        {
            foreach (BufferId used in builder.Forward[i].Reads.Concat(builder.Forward[i].Writes))
                uses[Whole(used)] = i;
        }

        return uses;
    }

    private Dictionary<BufferId, int> FirstUses()
    {
        var uses = new Dictionary<BufferId, int>();
        for (int i = 0; i < builder.Backward.Count; i++)
        {
            foreach (BufferId read in builder.Backward[i].Reads)
                uses.TryAdd(Whole(read), i);
        }

        return uses;
    }

    private BufferId Whole(BufferId buffer) => builder.Buffers[buffer.Index].View?.Base ?? buffer;

    private sealed record Narrowed(string Layer, BufferId Value, BufferId Kept, BufferId Widened)
    {
        public Step Narrow => new NarrowValue(Layer, Value, Kept);

        public Step Widen => new WidenValue(Layer, Kept, Widened);
    }
}
