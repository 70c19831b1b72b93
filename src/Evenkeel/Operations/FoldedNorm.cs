using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Operations;

/// <summary>A batch normalisation that is folded into the convolution before it.</summary>
/// <param name="Layer">Its name, by which its tensors are found.</param>
/// <param name="Epsilon">Its epsilon.</param>
internal sealed record FoldedNorm(string Layer, float Epsilon)
{
    /// <summary>Emits the step that folds, and returns the buffers of the weights and the bias that it makes.</summary>
    /// <param name="context">Of the convolution.</param>
    /// <param name="convolution">Whose weights it folds.</param>
    /// <param name="weights">How many they are.</param>
    public (BufferId W, BufferId B) Fold(ForwardContext context, ConvolutionLayer convolution, int weights)
    {
        int filters = convolution.Filters;
        BufferId w = context.TemporaryVector("folded weight", weights),
            scale = context.TemporaryVector("folded scale", filters),
            shift = context.TemporaryVector("folded bias", filters);
        var norm = new FoldedNormTensors(
            context.TensorOf(Layer, "weight"),
            context.TensorOf(Layer, "bias"),
            context.TensorOf(Layer, "running_mean"),
            context.TensorOf(Layer, "running_var"),
            convolution.Bias ? context.Tensor("bias") : null
        );
        context.Emit(
            new FoldBatchNorm(
                context.Name,
                weights / filters,
                filters,
                Epsilon,
                context.Tensor("weight"),
                norm,
                w,
                scale,
                shift
            )
        );
        return (w, shift);
    }
}

/// <summary>Buffers of a folded normalisation, and of the bias of the layer that it is folded into, if that has one.</summary>
internal readonly record struct FoldedNormTensors(
    BufferId Gamma,
    BufferId Beta,
    BufferId Mean,
    BufferId Variance,
    BufferId? Bias
)
{
    /// <summary>All of them.</summary>
    public IEnumerable<BufferId> All =>
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
    BufferId W,
    FoldedNormTensors Norm,
    BufferId FoldedW,
    BufferId Scale,
    BufferId Shift
) : Step(Layer, [W, .. Norm.All], [FoldedW, Scale, Shift]);
