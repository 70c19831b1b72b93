using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Rewrites;

namespace Evenkeel.Planning;

/// <summary>Lowers a graph to steps and buffers: forward in node order, backward in the reverse order.</summary>
internal sealed class PlanBuilder : IPlanUnderConstruction
{
    private readonly List<BufferInfo> _buffers = [];
    private readonly Dictionary<ValueId, BufferId> _values = [];
    private readonly BufferId[] _tensors;
    private readonly Dictionary<string, BufferId> _kept = [];
    private readonly Dictionary<ValueId, BufferId> _recomputed = [];
    private readonly InPlaceConcatenation _parts;
    private readonly NarrowedValues _narrowed;

    public PlanBuilder(Graph graph, Graph original, PlanOptions options)
    {
        Graph = graph;
        Options = options;
        Layout = new TensorLayout(original);
        // A rewrite may take a layer out whose tensors are still read: of batch normalisation that is folded.
        _tensors = [.. Layout.Tensors.Select(AddTensor)];
        IsFinite = AddDouble("finite");

        _parts = new InPlaceConcatenation(graph, options);
        Log = [.. _parts.Log];
        for (int i = 0; i < graph.ValueCount; i++)
            AddValue(new ValueId(i));

        Gradients = new GradientBuffers(this);
        _narrowed = new NarrowedValues(this);
    }

    public Graph Graph { get; }

    public PlanOptions Options { get; }

    public List<Step> Forward { get; } = [];

    public List<Step> Backward { get; } = [];

    public List<Step> Update { get; } = [];

    public List<Step> Commit { get; } = [];

    /// <summary>Layers whose statistics are shared in groups.</summary>
    public List<GroupedMoments> Groups { get; } = [];

    /// <summary>Where the tensors of the network lie.</summary>
    public TensorLayout Layout { get; }

    /// <inheritdoc/>
    public BufferId IsFinite { get; }

    /// <summary>Buffer of the gradients' norm; null where it is not measured.</summary>
    public BufferId? GradientNorm { get; private set; }

    public GradientBuffers Gradients { get; }

    IGradientBuffers IPlanUnderConstruction.Gradients => Gradients;

    public IReadOnlyList<BufferInfo> Buffers => _buffers;

    public IReadOnlyDictionary<string, BufferId> KeptBuffers => _kept;

    public LossBuffers? Loss { get; private set; }

    /// <summary>What was decided while lowering, and why.</summary>
    public List<RewriteLogEntry> Log { get; }

    public bool IsPart(ValueId value) => _parts.PartOf(value) is not null;

    public Part? PartOf(ValueId value) => _parts.PartOf(value);

    /// <summary>Buffers of all values.</summary>
    public IReadOnlyDictionary<ValueId, BufferId> Values => _values;

    public BufferId Value(ValueId value) => _values[value];

    /// <summary>
    /// Buffer of a value while the backward pass is lowered; one that was not kept is computed again, once, and one that was kept narrow is widened.
    /// </summary>
    public BufferId ValueInBackward(ValueId value)
    {
        if (_recomputed.TryGetValue(value, out BufferId buffer))
            return buffer;
        if (!IsRecomputed(value))
            return _narrowed.InBackward(value);
        NodeValue made = Graph[value];
        buffer = Add(
            new BufferInfo($"{made.Name} (again)", Region.Activation, ElementType.Float32, made.Shape.Count, 0)
        );
        Recompute(value, buffer);
        return _recomputed[value] = buffer;
    }

    // A concatenation is, if all that lies in it is.
    private bool IsRecomputed(ValueId value)
    {
        Node node = Graph[value].Node;
        return node.Layer is IOperation { HoldsInputs: true }
            ? node.Inputs.All(i => IsPart(Graph.IdOf(i)) && Graph[i].Layer is IRematerialized { Recomputes: true })
            : node.Layer is IRematerialized { Recomputes: true };
    }

    private void Recompute(ValueId value, BufferId target)
    {
        Node node = Graph[value].Node;
        if (node.Layer is IRematerialized operation)
        {
            Backward.Add(operation.Recompute(new BackwardContext(this, node), target));
            return;
        }

        foreach (ValueId input in node.Inputs.Select(Graph.IdOf))
        {
            NodeValue part = Graph[input];
            Recompute(input, AddView($"{part.Name} (again)", target, PartOf(input)!.Value.Offset, part.Shape));
        }
    }

    public BufferId Tensor(string name) => _tensors[Layout.IdOf(name).Index];

    public BufferId Kept(string name) => _kept[name];

    public BufferId KeptInBackward(string name) => _narrowed.InBackward(_kept[name]);

    public BufferId Keep(BufferInfo buffer) => _kept[buffer.Name] = Add(buffer);

    public BufferId KeepAgain(BufferInfo buffer) =>
        _kept[buffer.Name] = Add(buffer with { Name = $"{buffer.Name} (again)" });

    /// <summary>A buffer that is some channels of another; of a view, if that is one itself.</summary>
    public BufferId AddView(string name, BufferId whole, int offset, Shape shape)
    {
        BufferInfo info = _buffers[whole.Index];
        int stride = info.View?.Stride ?? info.PerExample / shape.Positions;
        var view = new ChannelView(info.View?.Base ?? whole, (info.View?.Offset ?? 0) + offset, stride);
        return Add(new BufferInfo(name, info.Region, info.Type, shape.Count, 0) { View = view });
    }

    public BufferId Add(BufferInfo buffer)
    {
        _buffers.Add(buffer);
        return new BufferId(_buffers.Count - 1);
    }

    public void Emit(Section section, Step step) =>
        (
            section switch
            {
                Section.Forward => Forward,
                Section.Backward => Backward,
                Section.Update => Update,
                _ => Commit,
            }
        ).Add(step);

    public void FollowMean(GroupedMoments layer) => Groups.Add(layer);

    public void Lower()
    {
        foreach (Node node in Graph.Nodes)
            (node.Layer as IOperation)?.Forward(new ForwardContext(this, node));
        if (Options.Loss is { } loss)
        {
            Loss = MakeLoss(loss);
            loss.Forward(new LossContext(Forward, Graph.OutputShape, Loss));
            Forward.Add(new MeanLoss(Loss.Losses, Loss.Mean));
            if (Options.Exchanges)
                Forward.Add(new ExchangeLoss(Loss.Mean));
        }

        if (Options.Mode == PlanMode.Training)
            LowerBackward();
        FuseSteps();
        _narrowed.AddSteps();
        if (Options.Mode == PlanMode.Training)
            LowerUpdate();
    }

    private BufferId AddTensor(TensorPlace place)
    {
        (NamedTensor tensor, long home) = place;
        Region region = tensor.Spec.Role == TensorRole.State ? Region.State : Region.Parameter;
        return Add(new BufferInfo(tensor.Name, region, tensor.Spec.Type, 0, tensor.Spec.Count) { Home = home });
    }

    // A part of a value comes after the value, which may be a part itself.
    private void AddValue(ValueId value)
    {
        var wholes = new Stack<ValueId>();
        for (ValueId? at = value; at is { } part && !_values.ContainsKey(part); at = _parts.PartOf(part)?.Whole)
            wholes.Push(part);

        foreach (ValueId at in wholes)
        {
            NodeValue made = Graph[at];
            Region region = made.Node.Layer is Input ? Region.Bound : Region.Activation;
            _values[at] = _parts.PartOf(at) is { } part
                ? AddView(made.Name, _values[part.Whole], part.Offset, made.Shape)
                : Add(new BufferInfo(made.Name, region, ElementType.Float32, made.Shape.Count, 0));
        }
    }

    /// <summary>A number that the host reads.</summary>
    public BufferId AddDouble(string name) => Add(new BufferInfo(name, Region.Activation, ElementType.Float64, 0, 1));

    private LossBuffers MakeLoss(Loss loss)
    {
        Shape output = Graph.OutputShape;
        return new LossBuffers(
            Value(Graph.IdOf(Graph.OutputName)),
            Add(loss.Targets(output)),
            loss.Kept(output) is { } kept ? Add(kept) : null,
            Add(new BufferInfo("losses", Region.Activation, ElementType.Float32, loss.LossesPerExample(output), 0)),
            AddDouble("mean loss")
        );
    }

    private void LowerBackward()
    {
        if (Options.Loss is not { } loss || Loss is null)
            throw new GraphException("A training plan needs a loss; give one in the plan's options.");
        ValueId output = Graph.IdOf(Graph.OutputName);
        if (!Gradients.Needs(output))
            throw new GraphException("Nothing in the network can be trained; set a layer trainable.");
        loss.Backward(new LossContext(Backward, Graph.OutputShape, Loss), Gradients.OfValue(output));
        foreach (Node node in Graph.Nodes.Reverse())
        {
            if (!node.Values.Select(Graph.IdOf).Any(Gradients.Has))
                continue;
            if (node.Layer is IOperation { TakesSums: true })
                RecomputeInFrontOf(node.Inputs[0]);
            (node.Layer as IOperation)?.Backward(new BackwardContext(this, node));
            Gradients.EmitPendingSums();
        }
    }

    // Sums that a layer takes of the normalisation in front of it need what that normalises.
    private void RecomputeInFrontOf(string value)
    {
        Node node = Graph[value];
        if (node.Layer is IOperation { HoldsInputs: true })
        {
            foreach (string part in node.Inputs)
                RecomputeInFrontOf(part);
        }
        else if (
            node.Layer is IOperation { SumsGradient: true }
            && Graph.IdOf(node.Inputs[0]) is var normalized
            && IsRecomputed(normalized)
        )
            _ = ValueInBackward(normalized);
    }

    // What only the steps show: who makes a gradient last.
    private void FuseSteps()
    {
        BufferId[] observed =
        [
            .. Graph.OutputNames.Concat(Options.Observed).Select(name => _values[Graph.IdOf(name)]).Distinct(),
        ];
        if (!Options.DisabledRules.Contains(NormalizedCells.Rule))
            Log.AddRange(NormalizedCells.Fuse(Forward, Backward, _buffers, observed));
        if (!Options.DisabledRules.Contains(NormalizedInputs.Rule))
        {
            var needed = observed.ToDictionary(b => b, _ => "the value is read after the run");
            foreach (BufferId value in _narrowed.Values)
                needed[value] = "the value is kept as bfloat16";
            Log.AddRange(NormalizedInputs.Fuse(Forward, Backward, _buffers, needed));
        }

        if (!Options.DisabledRules.Contains(GatheredSums.Rule))
            Log.AddRange(GatheredSums.Gather(Backward, _buffers));
    }

    private void LowerUpdate()
    {
        var update = new UpdateLowering(this);
        update.Lower(Loss!.Mean);
        GradientNorm = update.Norm;
    }
}
