using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// The gates and the state of a long short-term memory in one time step (Hochreiter and Schmidhuber 1997; Gers et al. 2000). It reads what the
/// input gives the gates, what the hidden state gives them (both [4 units], in the order i, f, g, o) and the cell state before ([units]). With a
/// the sum of both, it makes c' = sigmoid(f) c + sigmoid(i) tanh(g), and as a second value sigmoid(o). The hidden state is that times tanh(c').
/// </summary>
public sealed record LstmCell() : Layer("lstmcell"), IOperation
{
    /// <inheritdoc/>
    public override int InputCount => 3;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => InferShapes(inputs)[0];

    /// <inheritdoc/>
    public override ImmutableArray<Shape> InferShapes(ReadOnlySpan<Shape> inputs)
    {
        CellShapes.Require(inputs, gates: 4);
        return [inputs[2], inputs[2]];
    }

    void IOperation.Forward(ForwardContext context)
    {
        int units = context.InputShape(2).Count;
        context.Emit(
            new LstmCellForward(
                context.Name,
                units,
                new(context.Input(0), context.Input(1), context.Input(2)),
                context.OutputAt(0),
                context.OutputAt(1),
                context.KeepPerExample("gates", 3 * units)
            )
        );
    }

    void IOperation.Backward(BackwardContext context)
    {
        CellOperands gradients = CellShapes.Gradients(context);
        context.Emit(
            new LstmCellBackward(
                context.Name,
                context.InputShape(2).Count,
                new(context.Kept("gates"), context.OutputAt(1), context.Input(2)),
                CellShapes.OutputGradient(context, 0),
                CellShapes.OutputGradient(context, 1),
                gradients
            )
        );
    }
}

/// <summary>c' and the output gate.</summary>
/// <param name="Layer">Name of the layer served.</param>
/// <param name="Units">Values of a state.</param>
/// <param name="Operands">What is read.</param>
/// <param name="Next">The cell state.</param>
/// <param name="Output">The output gate.</param>
/// <param name="Gates">The other gates, for the backward pass.</param>
internal sealed record LstmCellForward(
    string Layer,
    int Units,
    CellOperands Operands,
    BufferId Next,
    BufferId Output,
    BufferId Gates
) : Step(Layer, Operands.All, [Next, Output, Gates]);

/// <summary>The gradients of the operands.</summary>
/// <param name="Layer">Name of the layer served.</param>
/// <param name="Units">Values of a state.</param>
/// <param name="Kept">Gates, output gate and cell state before.</param>
/// <param name="DNext">Gradient of the cell state.</param>
/// <param name="DOutput">Gradient of the output gate.</param>
/// <param name="Gradients">What is written.</param>
internal sealed record LstmCellBackward(
    string Layer,
    int Units,
    CellOperands Kept,
    BufferId DNext,
    BufferId DOutput,
    CellOperands Gradients
) : Step(Layer, [.. Kept.All, DNext, DOutput], Gradients.All);
