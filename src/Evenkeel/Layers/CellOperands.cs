using System.Collections.Immutable;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>Three buffers of a recurrent cell: what the input and the hidden state give its gates, and a state; or what stands for each.</summary>
internal readonly record struct CellOperands(BufferId X, BufferId H, BufferId State)
{
    /// <summary>All three.</summary>
    public ImmutableArray<BufferId> All => [X, H, State];
}

/// <summary>What recurrent cells have in common.</summary>
internal static class CellShapes
{
    /// <summary>Requires two rows of gates and a state.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static void Require(ReadOnlySpan<Shape> inputs, int gates)
    {
        Shape state = inputs[2];
        if (state.Dimensions.Length != 1 || inputs[0] != inputs[1] || inputs[0] != new Shape(gates * state.Count))
            throw new ArgumentException(
                $"it takes two rows of {gates} gates for each unit of a state, not {inputs[0]}, {inputs[1]} and a state of {state}"
            );
    }

    /// <summary>Where the gradients of the three operands go.</summary>
    public static CellOperands Gradients(BackwardContext context) =>
        new(Gradient(context, 0), Gradient(context, 1), Gradient(context, 2));

    /// <summary>The gradient of an output: zeros where nobody gives it one.</summary>
    public static BufferId OutputGradient(BackwardContext context, int i)
    {
        if (context.OutputGradientAt(i) is { } gradient)
            return gradient;
        BufferId none = context.Temporary($"no gradient {i}", context.InputShape(2).Count);
        context.Emit(new NoGradient(context.Name, none));
        return none;
    }

    private static BufferId Gradient(BackwardContext context, int i) =>
        context.InputGradient(i) ?? context.Discard($"gradient {i}", context.InputShape(i).Count, 0);
}
