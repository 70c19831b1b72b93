using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>An operation on two values of one shape, element by element. The sum is <see cref="Add"/>.</summary>
public abstract record Arithmetic : Layer, IOperation
{
    private protected Arithmetic(string kind)
        : base(kind) { }

    /// <inheritdoc/>
    public override int InputCount => 2;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        inputs[0] == inputs[1]
            ? inputs[0]
            : throw new ArgumentException($"it takes values of one shape, not {inputs[0]} and {inputs[1]}");

    // The larger of two values that are rounded to the same is not known any more.
    bool IOperation.NeedsExactValues => this is Maximum or Minimum;

    void IOperation.Forward(ForwardContext context) =>
        context.Emit(new ArithmeticForward(context.Name, this, context.Input(0), context.Input(1), context.Output));

    void IOperation.Backward(BackwardContext context)
    {
        int count = context.InputShape(0).Count;
        BufferId? da = context.InputGradient(0),
            db = context.InputGradient(1);
        if (da is null && db is null)
            return;
        context.Emit(
            new ArithmeticBackward(
                context.Name,
                this,
                context.Input(0),
                context.Input(1),
                context.OutputGradient,
                da ?? context.Discard("da", count, 0),
                db ?? context.Discard("db", count, 0)
            )
        );
    }
}

/// <summary>a * b.</summary>
public sealed record Multiply() : Arithmetic("multiply");

/// <summary>a - b.</summary>
public sealed record Subtract() : Arithmetic("subtract");

/// <summary>a / b.</summary>
public sealed record Divide() : Arithmetic("divide");

/// <summary>The larger of a and b; NaN where either is.</summary>
public sealed record Maximum() : Arithmetic("maximum");

/// <summary>The smaller of a and b; NaN where either is.</summary>
public sealed record Minimum() : Arithmetic("minimum");

/// <summary>a to the power of b: NaN for a below 0 unless b is a whole number.</summary>
public sealed record Raise() : Arithmetic("raise");

/// <summary>y = a op b.</summary>
internal sealed record ArithmeticForward(string Layer, Arithmetic Operation, BufferId A, BufferId B, BufferId Y)
    : Step(Layer, [A, B], [Y]);

/// <summary>da and db from dy.</summary>
internal sealed record ArithmeticBackward(
    string Layer,
    Arithmetic Operation,
    BufferId A,
    BufferId B,
    BufferId DY,
    BufferId DA,
    BufferId DB
) : Step(Layer, [A, B, DY], [DA, DB]);
