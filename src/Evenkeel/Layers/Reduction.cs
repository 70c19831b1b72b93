using Evenkeel.Graphs;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>Many values made one, over some dimensions of each example, which stay as dimensions of length 1.</summary>
/// <param name="Kind">See <see cref="Layer.Kind"/>.</param>
/// <param name="Axes">The dimensions, counted from 0, each once.</param>
public abstract record Reduction(string Kind, AxisList Axes) : Layer(Kind), IOperation
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        Shape input = inputs[0];
        if (Axes.Count == 0)
            throw new ArgumentException("it needs one dimension to reduce, or more");
        if (Axes.Any(a => a < 0 || a >= input.Dimensions.Length) || Axes.Distinct().Count() != Axes.Count)
            throw new ArgumentException(
                $"{Axes} must be dimensions of {input}, counted from 0 to {input.Dimensions.Length - 1}, each once"
            );
        return new Shape([.. input.Dimensions.Select((d, a) => Axes.Contains(a) ? 1 : d)]);
    }

    void IOperation.Forward(ForwardContext context) =>
        context.Emit(
            new ReductionForward(context.Name, this, Plan(context.InputShape(0)), context.Input(0), context.Output)
        );

    void IOperation.Backward(BackwardContext context)
    {
        if (context.InputGradient(0) is { } dx)
            context.Emit(Gradient(context, Plan(context.InputShape(0)), dx));
    }

    /// <summary>The step that computes the input's gradient.</summary>
    private protected abstract Step Gradient(BackwardContext context, ReductionPlan plan, BufferId dx);

    private ReductionPlan Plan(Shape input) => new(input.Dimensions.AsSpan(), Axes.Values.AsSpan());
}

/// <summary>A reduction whose gradient is the same for all values.</summary>
/// <param name="Kind">See <see cref="Layer.Kind"/>.</param>
/// <param name="Axes">The dimensions, counted from 0, each once.</param>
public abstract record Summation(string Kind, AxisList Axes) : Reduction(Kind, Axes)
{
    /// <summary>What the sum of so many values is multiplied by.</summary>
    internal abstract double Scale(int values);

    private protected override Step Gradient(BackwardContext context, ReductionPlan plan, BufferId dx) =>
        new SummationBackward(context.Name, this, plan, context.OutputGradient, dx);
}

/// <summary>A reduction to one of the values, which has the gradient; equal ones share it.</summary>
/// <param name="Kind">See <see cref="Layer.Kind"/>.</param>
/// <param name="Axes">The dimensions, counted from 0, each once.</param>
public abstract record Choice(string Kind, AxisList Axes) : Reduction(Kind, Axes), IOperation
{
    bool IOperation.NeedsExactValues => true;

    private protected override Step Gradient(BackwardContext context, ReductionPlan plan, BufferId dx) =>
        new ChoiceBackward(context.Name, this, plan, context.Input(0), context.Output, context.OutputGradient, dx);
}

/// <summary>The sum over some dimensions.</summary>
/// <param name="Axes">The dimensions, counted from 0, each once.</param>
public sealed record ReduceSum(AxisList Axes) : Summation("reducesum", Axes)
{
    internal override double Scale(int values) => 1;
}

/// <summary>The mean over some dimensions.</summary>
/// <param name="Axes">The dimensions, counted from 0, each once.</param>
public sealed record ReduceMean(AxisList Axes) : Summation("reducemean", Axes)
{
    internal override double Scale(int values) => 1.0 / values;
}

/// <summary>The largest value over some dimensions; NaN if one is NaN.</summary>
/// <param name="Axes">The dimensions, counted from 0, each once.</param>
public sealed record ReduceMax(AxisList Axes) : Choice("reducemax", Axes);

/// <summary>The smallest value over some dimensions; NaN if one is NaN.</summary>
/// <param name="Axes">The dimensions, counted from 0, each once.</param>
public sealed record ReduceMin(AxisList Axes) : Choice("reducemin", Axes);

/// <summary>y = x reduced.</summary>
internal sealed record ReductionForward(string Layer, Reduction Reduction, ReductionPlan Plan, BufferId X, BufferId Y)
    : Step(Layer, [X], [Y]);

/// <summary>dx = dy times the scale.</summary>
internal sealed record SummationBackward(
    string Layer,
    Summation Reduction,
    ReductionPlan Plan,
    BufferId DY,
    BufferId DX
) : Step(Layer, [DY], [DX]);

/// <summary>dx = dy where x was chosen.</summary>
internal sealed record ChoiceBackward(
    string Layer,
    Choice Reduction,
    ReductionPlan Plan,
    BufferId X,
    BufferId Y,
    BufferId DY,
    BufferId DX
) : Step(Layer, [X, Y, DY], [DX]);
