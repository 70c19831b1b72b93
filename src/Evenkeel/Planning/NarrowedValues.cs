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
    private readonly Dictionary<BufferId, BufferId> _inBackward = [];
    private readonly List<Narrowed> _narrowed = [];
    private Dictionary<BufferId, int>? _lastUses;

    /// <summary>Values that are narrowed.</summary>
    public IEnumerable<BufferId> Values => _narrowed.Select(n => n.Value);

    /// <summary>Where the backward pass reads a value; the forward pass has been lowered.</summary>
    public BufferId InBackward(ValueId value)
    {
        BufferId own = builder.Value(value);
        if (IsConcerned(own) && !_inBackward.ContainsKey(own))
            _inBackward[own] = Find(value, own);
        return _inBackward.GetValueOrDefault(own, own);
    }

    /// <summary>Where it reads what an operation has kept beside values.</summary>
    public BufferId InBackward(BufferId kept)
    {
        if (IsConcerned(kept) && !_inBackward.ContainsKey(kept))
            _inBackward[kept] = Narrow(kept, TooSoon(kept));
        return _inBackward.GetValueOrDefault(kept, kept);
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

    // What is fed is the caller's, and what has no size per example are statistics.
    private bool IsConcerned(BufferId buffer) =>
        builder.Options.KeepActivations == ElementType.BFloat16
        && builder.Buffers[buffer.Index] is { Region: Region.Activation, Type: ElementType.Float32, PerExample: > 0 };

    private BufferId Find(ValueId value, BufferId own)
    {
        if (builder.PartOf(value) is not { } part)
            return Narrow(own, Obstacle(builder.Graph[value]) ?? TooSoon(own));
        NodeValue made = builder.Graph[value];
        BufferId whole = InBackward(part.Whole);
        return whole == builder.Value(part.Whole)
            ? own
            : builder.AddView($"{made.Name} (widened)", whole, part.Offset, made.Shape);
    }

    private BufferId Narrow(BufferId own, string? obstacle)
    {
        BufferInfo info = builder.Buffers[own.Index],
            kept = info with { Name = $"{info.Name} (bf16)", Type = ElementType.BFloat16 };
        int batch = builder.Options.SliceBatch;
        string reason = string.Create(
            CultureInfo.InvariantCulture,
            $"kept in {kept.Bytes(batch):N0} bytes instead of {info.Bytes(batch):N0}"
        );
        builder.Log.Add(new RewriteLogEntry(Rule, info.Name, obstacle is null, obstacle ?? reason));
        if (obstacle is not null)
            return own;
        BufferId narrow = builder.Add(kept),
            widened = builder.Add(info with { Name = $"{info.Name} (widened)" });
        _narrowed.Add(new Narrowed(info.Name, own, narrow, widened));
        return widened;
    }

    private string? Obstacle(NodeValue made)
    {
        if (_readAfterwards.Contains(made.Name))
            return "the value is read after the run";
        Node? exact = builder
            .Graph.Consumers(made.Name)
            .Prepend(made.Node)
            .FirstOrDefault(n => n.Layer is IOperation { NeedsExactValues: true });
        return exact is null ? null : $"{exact.Name} needs it as it is";
    }

    private string? TooSoon(BufferId own)
    {
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
