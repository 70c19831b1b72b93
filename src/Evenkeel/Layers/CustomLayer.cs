using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>What a layer of your own makes of one example.</summary>
/// <param name="input">The example, channels last.</param>
/// <param name="parameters">The layer's parameters.</param>
/// <param name="output">Receives what the layer gives, channels last; overwrite all of it.</param>
public delegate void ExampleForward(ReadOnlySpan<float> input, ReadOnlySpan<float> parameters, Span<float> output);

/// <summary>The gradients of a layer of your own for one example.</summary>
/// <param name="input">The example, channels last.</param>
/// <param name="parameters">The layer's parameters.</param>
/// <param name="outputGradient">Derivative of the loss by each value of the output.</param>
/// <param name="inputGradient">
/// Receives the derivative of the loss with respect to each value of <paramref name="input"/>; overwrite all of it.
/// </param>
/// <param name="parameterGradient">
/// The derivative of the loss by each parameter: add this example's to what is there, which begins at 0 for each batch.
/// </param>
public delegate void ExampleBackward(
    ReadOnlySpan<float> input,
    ReadOnlySpan<float> parameters,
    ReadOnlySpan<float> outputGradient,
    Span<float> inputGradient,
    Span<float> parameterGradient
);

/// <summary>
/// A layer of your own, of one value, example by example. It is code, so files hold its name, its sizes and its parameters: a program reads one that
/// computes by <see cref="ModelFile.Load(string, Graph)"/>, with the network that has the code. Batch normalisation is not folded into it, and ONNX has
/// no operator for it.
/// </summary>
public sealed record CustomLayer : Layer, IOperation
{
    internal const string KindName = "custom";
    private const string Parameters = "weight";

    private readonly ExampleForward? _forward;
    private readonly ExampleBackward? _backward;

    /// <summary>Names a layer.</summary>
    /// <param name="name">What files and messages call it; another one whenever the code computes something else.</param>
    /// <param name="forward">
    /// Called for one example after the other on the thread that runs the network. Where it allocates nothing, neither does a step.
    /// </param>
    /// <param name="backward">Called likewise in training, where a parameter of this layer or of one before it learns.</param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public CustomLayer(string name, ExampleForward forward, ExampleBackward backward)
        : this(name)
    {
        ArgumentNullException.ThrowIfNull(forward);
        ArgumentNullException.ThrowIfNull(backward);
        (_forward, _backward) = (forward, backward);
    }

    private CustomLayer(string name)
        : base(KindName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
    }

    /// <summary>What files and messages call it.</summary>
    public string Name { get; }

    /// <summary>The shape of an output by that of an input: the same unless set. It throws <see cref="ArgumentException"/> where the input does not fit.</summary>
    public Func<Shape, Shape> OutputShape { get; init; } = input => input;

    /// <summary>How many parameters the layer keeps for inputs of a shape: none unless set.</summary>
    public Func<Shape, int> ParameterCount { get; init; } = _ => 0;

    /// <summary>How the parameters begin: at 0 unless set.</summary>
    public Initializer Initializer { get; init; } = new ConstantInitializer(0);

    /// <summary>Whether training may change the parameters.</summary>
    public bool Trainable { get; init; } = true;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => OutputShape(inputs[0]);

    /// <inheritdoc/>
    public override IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs) =>
        ParameterCount(inputs[0]) switch
        {
            0 => [],
            > 0 and int count =>
            [
                new(Parameters, [count], TensorRole.Weight) { Initializer = Initializer, Trainable = Trainable },
            ],
            int count => throw new ArgumentException($"'{Name}' cannot keep {count} parameters"),
        };

    /// <summary>Whether both have the same name, and their parameters learn or not.</summary>
    public bool Equals(CustomLayer? other) => other is not null && Name == other.Name && Trainable == other.Trainable;

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <summary>Kind and name.</summary>
    public override string ToString() => $"{Kind}({Name})";

    /// <summary>A layer as a file knows it: its sizes without its code.</summary>
    internal static CustomLayer WithoutCode(string name, Shape output, int parameters) =>
        new(name) { OutputShape = _ => output, ParameterCount = _ => parameters };

    bool IOperation.NeedsExactValues => true;

    void IOperation.Forward(ForwardContext context)
    {
        if (_forward is null)
            throw new GraphException(
                $"Layer '{context.Name}' needs the code '{Name}', which is not in the file; load the file in a program that has the code, by Load(path, network)."
            );
        BufferId? parameters = ParameterCount(context.InputShape(0)) > 0 ? context.Tensor(Parameters) : null;
        context.Emit(new CustomLayerForward(context.Name, _forward, context.Input(0), parameters, context.Output));
    }

    void IOperation.Backward(BackwardContext context)
    {
        Shape input = context.InputShape(0);
        int count = ParameterCount(input);
        BufferId? given = context.InputGradient(0),
            learned = count > 0 ? context.TensorGradient(Parameters) : null;
        if (given is null && learned is null)
            return;
        context.Emit(
            new CustomLayerBackward(
                context.Name,
                _backward!,
                context.Input(0),
                count > 0 ? context.Tensor(Parameters) : null,
                context.OutputGradient,
                given ?? context.Discard("input gradient", input.Count, 0),
                learned ?? (count > 0 ? context.Discard("parameter gradient", 0, count) : null)
            )
        );
    }
}
