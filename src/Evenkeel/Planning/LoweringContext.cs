using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Planning;

/// <summary>What a layer sees of the plan being built.</summary>
public abstract class LoweringContext
{
    private protected LoweringContext(PlanBuilder builder, Node node)
    {
        Builder = builder;
        Node = node;
    }

    /// <summary>The layer's name.</summary>
    public string Name => Node.Name;

    /// <summary>What the plan is for.</summary>
    public PlanMode Mode => Builder.Options.Mode;

    /// <summary>Buffer of the layer's output.</summary>
    public int Output => Builder.Value(Name);

    /// <summary>Seed of the layer's random numbers: the plan's and the layer's name.</summary>
    public ulong RandomSeed => Builder.Options.Seed ^ Training.TensorInitialization.Hash(Name);

    /// <summary>Whether the i-th input lies inside the output already, because its layer writes there.</summary>
    public bool IsPartOfOutput(int i) => Builder.IsPart(Node.Inputs[i]);

    private protected PlanBuilder Builder { get; }

    private protected Node Node { get; }

    /// <summary>Shape of the i-th input.</summary>
    public Shape InputShape(int i) => Builder.Graph[Node.Inputs[i]].Shape;

    /// <summary>Buffer of the i-th input.</summary>
    public virtual int Input(int i) => Builder.Value(Node.Inputs[i]);

    /// <summary>Buffer of the layer's own tensor.</summary>
    public int Tensor(string name) => Builder.Tensor($"{Name}.{name}");
}

/// <summary>A layer's forward lowering.</summary>
public sealed class ForwardContext : LoweringContext
{
    internal ForwardContext(PlanBuilder builder, Node node)
        : base(builder, node) { }

    /// <summary>Appends a forward step.</summary>
    public void Emit(Step step) => Builder.Forward.Add(step);

    /// <summary>Appends a step that runs after the optimiser, once per training step.</summary>
    public void EmitCommit(Step step) => Builder.Commit.Add(step);

    /// <summary>A buffer of fixed size that the backward lowering finds again by name.</summary>
    public int Keep(string name, int count, ElementType type) => Builder.Keep($"{Name}.{name}", 0, count, type);

    /// <summary>A buffer like that of <see cref="Keep"/> in the name of another layer, which finds it by <see cref="Kept"/>.</summary>
    public int KeepFor(string layer, string name, int count, ElementType type) =>
        Builder.Keep($"{layer}.{name}", 0, count, type);

    /// <summary>A buffer of a size per example that the backward lowering finds again by name.</summary>
    public int KeepPerExample(string name, int perExample, ElementType type) =>
        Builder.Keep($"{Name}.{name}", perExample, 0, type);

    /// <summary>Buffer of another layer's tensor.</summary>
    public int TensorOf(string layer, string name) => Builder.Tensor($"{layer}.{name}");

    /// <summary>A buffer of fixed size between two of the layer's own steps.</summary>
    public int Temporary(string name, int count) =>
        Builder.AddBuffer($"{Name}.{name}", Region.Activation, ElementType.Float32, 0, count);

    /// <summary>A buffer that an earlier layer kept in this layer's name.</summary>
    public int Kept(string name) => Builder.Kept($"{Name}.{name}");
}

/// <summary>A layer's backward lowering.</summary>
public sealed class BackwardContext : LoweringContext
{
    internal BackwardContext(PlanBuilder builder, Node node)
        : base(builder, node) { }

    /// <summary>Buffer of the i-th input, which is computed again where it was not kept.</summary>
    public override int Input(int i) => Builder.ValueInBackward(Node.Inputs[i]);

    /// <summary>Buffer of the output's gradient.</summary>
    public int OutputGradient => Builder.Gradients.OfValue(Name);

    /// <summary>Appends a backward step.</summary>
    public void Emit(Step step) => Builder.Backward.Add(step);

    /// <summary>The buffer kept by the forward lowering.</summary>
    public int Kept(string name) => Builder.Kept($"{Name}.{name}");

    /// <summary>Where to write the gradient of the i-th input, or null if nothing before it learns.</summary>
    public int? InputGradient(int i) => Builder.Gradients.ForInput(Node, i);

    /// <summary>
    /// Where to write the gradient of the i-th input, or to add it because another reader's gradient is there already; null if
    /// nothing before it learns.
    /// </summary>
    public GradientTarget? AccumulatingInputGradient(int i) => Builder.Gradients.Accumulating(Node, i);

    /// <summary>Says that the i-th input's gradient is a part of the output's.</summary>
    public void ShareOutputGradient(int i)
    {
        if (Builder.Gradients.Needs(Node.Inputs[i]))
            _ = Builder.Gradients.OfValue(Node.Inputs[i]);
    }

    /// <summary>A buffer for values between two of the layer's own steps.</summary>
    public int Temporary(string name, int perExample) =>
        Builder.AddBuffer($"{Name}.{name}", Region.Activation, ElementType.Float32, perExample, 0);

    /// <summary>Where to write the gradient of a tensor, or null if it is not trainable.</summary>
    public int? TensorGradient(string name) => Builder.Gradients.OfTensor($"{Name}.{name}");

    /// <summary>A buffer for a result that nobody reads.</summary>
    public int Discard(string name, int perExample, int count) =>
        Builder.AddBuffer($"{Name}.{name} (unread)", Region.Activation, ElementType.Float32, perExample, count);
}

/// <summary>Where a gradient goes.</summary>
/// <param name="Buffer">The buffer.</param>
/// <param name="Accumulates">Whether it is added to what is there.</param>
public readonly record struct GradientTarget(int Buffer, bool Accumulates);

/// <summary>The buffers between a network's output and its loss.</summary>
internal sealed record LossContext(
    List<Step> Steps,
    int Positions,
    int Classes,
    int Logits,
    int Labels,
    int Probabilities,
    int Losses
)
{
    public void Emit(Step step) => Steps.Add(step);
}
