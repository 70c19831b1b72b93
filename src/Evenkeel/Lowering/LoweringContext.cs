using Evenkeel.Graphs;

namespace Evenkeel.Lowering;

/// <summary>What a layer sees of the plan being built.</summary>
internal abstract class LoweringContext
{
    private protected LoweringContext(IPlanUnderConstruction plan, Node node)
    {
        Plan = plan;
        Node = node;
    }

    /// <summary>The layer's name.</summary>
    public string Name => Node.Name;

    /// <summary>What the plan is for.</summary>
    public PlanMode Mode => Plan.Options.Mode;

    /// <summary>Slices of a batch that exchange what they compute; 1 where there is no exchange.</summary>
    public int Slices => Plan.Options.Exchanges ? Plan.Options.Slices : 1;

    /// <summary>Micro-batches of a training step, each with statistics of its own.</summary>
    public int MicroBatches => Plan.Options.Exchanges ? Plan.Options.Accumulate : 1;

    /// <summary>Buffer of the layer's output, the first where it has several.</summary>
    public BufferId Output => OutputAt(0);

    /// <summary>Seed of the layer's random numbers: the plan's and the layer's name.</summary>
    public ulong RandomSeed => Plan.Options.Seed ^ TensorInitialization.Hash(Name);

    /// <summary>Whether the i-th input lies inside the output already, because its layer writes there.</summary>
    public bool IsPartOfOutput(int i) => Plan.IsPart(InputId(i));

    private protected IPlanUnderConstruction Plan { get; }

    private protected Node Node { get; }

    private protected ValueId InputId(int i) => Plan.Graph.IdOf(Node.Inputs[i]);

    private protected ValueId OutputId(int i) => Plan.Graph.IdOf(Node.Value(i));

    /// <summary>Shape of the i-th input.</summary>
    public Shape InputShape(int i) => Plan.Graph[InputId(i)].Shape;

    /// <summary>Buffer of the layer's i-th output.</summary>
    public virtual BufferId OutputAt(int i) => Plan.Value(OutputId(i));

    /// <summary>Buffer of the i-th input.</summary>
    public virtual BufferId Input(int i) => Plan.Value(InputId(i));

    /// <summary>A buffer of fixed size between two of the layer's own steps.</summary>
    public BufferId TemporaryVector(string name, int count, ElementType type = ElementType.Float32) =>
        Plan.Add(new BufferInfo($"{Name}.{name}", Region.Activation, type, 0, count));

    /// <summary>Buffer of the layer's own tensor.</summary>
    public BufferId Tensor(string name) => Plan.Tensor($"{Name}.{name}");
}

/// <summary>A layer's forward lowering.</summary>
internal sealed class ForwardContext : LoweringContext
{
    public ForwardContext(IPlanUnderConstruction plan, Node node)
        : base(plan, node) { }

    /// <summary>Appends a forward step.</summary>
    public void Emit(Step step) => Plan.Emit(Section.Forward, step);

    /// <summary>Buffer of a double: 0 where the step's loss or gradients are not finite, so that nothing is to be committed.</summary>
    public BufferId IsFinite => Plan.IsFinite;

    /// <summary>Appends a step that runs after the optimiser, once per training step.</summary>
    public void EmitCommit(Step step) => Plan.Emit(Section.Commit, step);

    /// <summary>Asks for the mean of all groups' moments, which is there when the steps of <see cref="EmitCommit"/> run.</summary>
    public void FollowMean(GroupedMoments layer) => Plan.FollowMean(layer);

    /// <summary>A buffer of fixed size that the backward lowering finds again by name.</summary>
    public BufferId Keep(string name, int count, ElementType type = ElementType.Float32) =>
        Plan.Keep(new BufferInfo($"{Name}.{name}", Region.Activation, type, 0, count));

    /// <summary>A buffer like that of <see cref="Keep"/> in the name of another layer, which finds it by <see cref="Kept"/>.</summary>
    public BufferId KeepFor(string layer, string name, int count, ElementType type) =>
        Plan.Keep(new BufferInfo($"{layer}.{name}", Region.Activation, type, 0, count));

    /// <summary>A buffer of a size per example that the backward lowering finds again by name.</summary>
    public BufferId KeepPerExample(string name, int perExample, ElementType type = ElementType.Float32) =>
        Plan.Keep(new BufferInfo($"{Name}.{name}", Region.Activation, type, perExample, 0));

    /// <summary>Buffer of another layer's tensor.</summary>
    public BufferId TensorOf(string layer, string name) => Plan.Tensor($"{layer}.{name}");

    /// <summary>A buffer that an earlier layer kept in this layer's name.</summary>
    public BufferId Kept(string name) => Plan.Kept($"{Name}.{name}");
}

/// <summary>A layer's backward lowering.</summary>
internal sealed class BackwardContext : LoweringContext
{
    public BackwardContext(IPlanUnderConstruction plan, Node node)
        : base(plan, node) { }

    /// <inheritdoc/>
    public override BufferId OutputAt(int i) => Plan.ValueInBackward(OutputId(i));

    /// <summary>Buffer of the i-th input, which is computed again where it was not kept.</summary>
    public override BufferId Input(int i) => Plan.ValueInBackward(InputId(i));

    /// <summary>Buffer of the output's gradient.</summary>
    public BufferId OutputGradient => Plan.Gradients.OfValue(OutputId(0));

    /// <summary>Buffer of the gradient of the i-th of several outputs; null where nobody gives it one.</summary>
    public BufferId? OutputGradientAt(int i) =>
        Plan.Gradients.Has(OutputId(i)) ? Plan.Gradients.OfValue(OutputId(i)) : null;

    /// <summary>Appends a backward step.</summary>
    public void Emit(Step step) => Plan.Emit(Section.Backward, step);

    /// <summary>The buffer kept by the forward lowering.</summary>
    public BufferId Kept(string name) => Plan.KeptInBackward($"{Name}.{name}");

    /// <summary>A buffer in the place of the one kept by the forward lowering, for a step that computes its values again.</summary>
    public BufferId KeepAgain(string name, int perExample, ElementType type) =>
        Plan.KeepAgain(new BufferInfo($"{Name}.{name}", Region.Activation, type, perExample, 0));

    /// <summary>Where to write the gradient of the i-th input, or null if nothing before it learns.</summary>
    public BufferId? InputGradient(int i) => Plan.Gradients.ForInput(InputId(i));

    /// <summary>
    /// Where to write the gradient of the i-th input, or to add it because another reader's gradient is there already; null if
    /// nothing before it learns.
    /// </summary>
    public GradientTarget? AccumulatingInputGradient(int i) => Plan.Gradients.Accumulating(InputId(i));

    /// <summary>The same for a step that may write it over the output's gradient: where it can, that becomes the gradient of the input.</summary>
    public BufferId? InputGradientInPlace(int i) => Plan.Gradients.InPlace(InputId(i), OutputId(0));

    /// <summary>Says that the i-th input's gradient is a part of the output's.</summary>
    public void ShareOutputGradient(int i)
    {
        if (Plan.Gradients.Needs(InputId(i)))
            _ = Plan.Gradients.OfValue(InputId(i));
    }

    /// <summary>A buffer for values between two of the layer's own steps.</summary>
    public BufferId Temporary(string name, int perExample) =>
        Plan.Add(new BufferInfo($"{Name}.{name}", Region.Activation, ElementType.Float32, perExample, 0));

    /// <summary>Where to write the gradient of a tensor, or null if it is not trainable.</summary>
    public BufferId? TensorGradient(string name) => Plan.Gradients.OfTensor($"{Name}.{name}");

    /// <summary>Says that the gradient of a tensor is made of what so many slices have exchanged, so that it counts once for all of them.</summary>
    public void CountOnce(string tensor, int group) => Plan.Gradients.CountOnce($"{Name}.{tensor}", group);

    /// <summary>A buffer for a result that nobody reads.</summary>
    public BufferId Discard(string name, int perExample, int count) =>
        Plan.Add(new BufferInfo($"{Name}.{name} (unread)", Region.Activation, ElementType.Float32, perExample, count));
}

/// <summary>Where a gradient goes.</summary>
/// <param name="Buffer">The buffer.</param>
/// <param name="Accumulates">Whether it is added to what is there.</param>
internal readonly record struct GradientTarget(BufferId Buffer, bool Accumulates = false);

/// <summary>The buffers between a network's output and its loss.</summary>
/// <param name="Output">What the network gives.</param>
/// <param name="Targets">What it is to give, which is the caller's.</param>
/// <param name="Kept">Of the forward pass; null where the loss keeps nothing.</param>
/// <param name="Losses">Of each example, or each of its positions.</param>
/// <param name="Mean">A double.</param>
internal sealed record LossBuffers(BufferId Output, BufferId Targets, BufferId? Kept, BufferId Losses, BufferId Mean);

/// <summary>What a loss sees of the plan being built.</summary>
/// <param name="Steps">Where its steps are appended.</param>
/// <param name="Output">Shape of the network's output.</param>
/// <param name="Buffers">What it reads and writes.</param>
internal sealed record LossContext(List<Step> Steps, Shape Output, LossBuffers Buffers)
{
    /// <summary>What the forward pass keeps.</summary>
    public BufferId Kept => Buffers.Kept!.Value;
}
