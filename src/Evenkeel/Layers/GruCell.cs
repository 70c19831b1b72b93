using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// A gated recurrent unit in one time step (Cho et al. 2014, the reset gate behind the product as in cuDNN, PyTorch and ONNX's
/// linear_before_reset). It reads x, what the input gives the gates, u, what the hidden state gives them (both [3 units], in the order r, z, n),
/// and the hidden state h ([units]). It makes (1 - z) n + z h with r, z = sigmoid(x + u) and n = tanh(x + r u).
/// </summary>
public sealed record GruCell() : Layer("grucell"), IOperation
{
    /// <inheritdoc/>
    public override int InputCount => 3;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        CellShapes.Require(inputs, gates: 3);
        return inputs[2];
    }

    void IOperation.Forward(ForwardContext context)
    {
        int units = context.InputShape(2).Count;
        context.Emit(
            new GruCellForward(
                context.Name,
                units,
                new(context.Input(0), context.Input(1), context.Input(2)),
                context.Output,
                context.KeepPerExample("gates", 3 * units)
            )
        );
    }

    void IOperation.Backward(BackwardContext context) =>
        context.Emit(
            new GruCellBackward(
                context.Name,
                context.InputShape(2).Count,
                new(context.Kept("gates"), context.Input(1), context.Input(2)),
                context.OutputGradient,
                CellShapes.Gradients(context)
            )
        );
}

/// <summary>The hidden state.</summary>
/// <param name="Layer">Name of the layer served.</param>
/// <param name="Units">Values of a state.</param>
/// <param name="Operands">What is read.</param>
/// <param name="Next">The hidden state.</param>
/// <param name="Gates">The gates, for the backward pass.</param>
internal sealed record GruCellForward(string Layer, int Units, CellOperands Operands, BufferId Next, BufferId Gates)
    : Step(Layer, Operands.All, [Next, Gates]);

/// <summary>The gradients of the operands.</summary>
/// <param name="Layer">Name of the layer served.</param>
/// <param name="Units">Values of a state.</param>
/// <param name="Kept">Gates, what the hidden state gave them, and the hidden state before.</param>
/// <param name="DNext">Gradient of the hidden state.</param>
/// <param name="Gradients">What is written.</param>
internal sealed record GruCellBackward(
    string Layer,
    int Units,
    CellOperands Kept,
    BufferId DNext,
    CellOperands Gradients
) : Step(Layer, [.. Kept.All, DNext], Gradients.All);
