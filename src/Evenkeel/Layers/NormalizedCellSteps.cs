using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>The step of an LSTM cell, which normalises what its gates are given on the way in.</summary>
/// <param name="Cell">The step, whose first two operands are made nowhere.</param>
/// <param name="X">What made the first of them.</param>
/// <param name="H">What made the second.</param>
internal sealed record NormalizedLstmForward(LstmCellForward Cell, NormalizeForward X, NormalizeForward H)
    : Step(Cell.Layer, [.. X.Reads, .. H.Reads, Cell.Operands.State], Cell.Writes);

/// <summary>
/// The gradients of an LSTM cell, those of both rows of gates in one place, and the sums with which the backward passes of their normalisations
/// begin.
/// </summary>
/// <param name="Cell">The gradients.</param>
/// <param name="X">Of the normalisation of what the input gave the gates.</param>
/// <param name="H">Of that of what the hidden state gave them.</param>
internal sealed record LstmCellGradientSums(LstmCellBackward Cell, NormSums X, NormSums H)
    : Step(
        Cell.Layer,
        [.. Cell.Reads, .. X.Norm.ReadsBesideGradient, .. H.Norm.ReadsBesideGradient],
        [.. Cell.Writes, X.Sums, H.Sums]
    );
