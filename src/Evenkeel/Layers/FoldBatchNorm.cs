using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>A batch normalisation that is folded into the layer before it.</summary>
/// <param name="Layer">Its name, by which its tensors are found.</param>
/// <param name="Epsilon">Its epsilon.</param>
public sealed record FoldedNorm(string Layer, float Epsilon);

/// <summary>Buffers of a folded normalisation, and of the bias of the layer that it is folded into, if that has one.</summary>
public readonly record struct FoldedNormTensors(int Gamma, int Beta, int Mean, int Variance, int? Bias)
{
    /// <summary>All of them.</summary>
    public IEnumerable<int> All =>
        Bias is { } bias ? [Gamma, Beta, Mean, Variance, bias] : [Gamma, Beta, Mean, Variance];
}

/// <summary>
/// w' = a w and b' = beta - a (mean - b) per filter, a = gamma / sqrt(var + eps) (paper, Algorithm 2, line 11), from the tensors as they
/// are at this run.
/// </summary>
internal sealed record FoldBatchNorm(
    string Layer,
    int Rows,
    int Channels,
    float Epsilon,
    int W,
    FoldedNormTensors Norm,
    int FoldedW,
    int Scale,
    int Shift
) : Step(Layer, [W, .. Norm.All], [FoldedW, Scale, Shift]);
