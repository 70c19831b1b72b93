using Evenkeel.Graphs;
using Evenkeel.Normalization;

namespace Evenkeel.Layers;

/// <summary>Which statistics normalise.</summary>
public enum StatisticsSource
{
    /// <summary>The batch's own, with the gradient going through them (Algorithm 1).</summary>
    Batch,

    /// <summary>The running ones, as constants: a frozen layer inside a network that trains.</summary>
    Running,
}

/// <summary>
/// Batch normalisation over the last dimension (Ioffe &amp; Szegedy 2015, Algorithm 1; jointly over positions as in section 3.2).
/// </summary>
/// <param name="Convention">What the statistics mean.</param>
public sealed record BatchNorm(BatchNormConvention Convention) : Layer("batchnorm")
{
    /// <summary>Whether gamma and beta are learned.</summary>
    public bool TrainAffine { get; init; } = true;

    /// <summary>Whether beta is learned where gamma is. It stays 0 where a bias that is learned already does its work, as in recurrent cells.</summary>
    public bool TrainShift { get; init; } = true;

    /// <summary>
    /// Gamma at the start, finite. 1 is the paper's; recurrent networks begin with 0.1 (Cooijmans et al. 2017), the last normalisation of a residual
    /// block with 0 (Goyal et al. 2017).
    /// </summary>
    public float InitialScale { get; init; } = 1;

    /// <summary>Whether training updates the running statistics.</summary>
    public bool UpdateStatistics { get; init; } = true;

    /// <summary>Which statistics normalise during training.</summary>
    public StatisticsSource NormalizeWith { get; init; }

    /// <summary>
    /// Which statistics normalise in inference. With those of the batch an example's output depends on the others beside it, as in
    /// PyTorch's <c>track_running_stats=False</c> and ONNX's <c>training_mode=1</c>, and the running ones play no part.
    /// </summary>
    public StatisticsSource InferenceStatistics { get; init; } = StatisticsSource.Running;

    /// <summary>
    /// Whether each position has a gamma, a beta and statistics of its own (over the batch only) instead of each channel: the
    /// "per-activation" form of the paper's ensemble (section 4.2.3).
    /// </summary>
    public bool PerActivation { get; init; }

    /// <summary>
    /// How many consecutive slices of a training batch share statistics; 0 for all of them, 1 for statistics of each slice alone ("ghost batches":
    /// Hoffer et al. 2017). The running statistics follow the mean of the groups' means and variances. Without slices it has no effect.
    /// </summary>
    public int SyncGroupSize { get; init; }

    /// <summary>
    /// Whether it reads a mask beside what it normalises, one number for each position: a position whose number is 0 is padding. Statistics and
    /// gradients leave it out. Where one is left, the running statistics normalise it unless the policy for single values skips the update.
    /// </summary>
    public bool Masked { get; init; }

    /// <inheritdoc/>
    public override int InputCount => Masked ? 2 : 1;

    /// <inheritdoc/>
    public override bool MixesExamples => InferenceStatistics == StatisticsSource.Batch;

    /// <summary>How many statistics the layer keeps for inputs of this shape, and over how many values of each example.</summary>
    public StatisticsLayout StatisticsOf(Shape input) =>
        PerActivation ? new(input.Count, 1) : new(input.Channels, input.Positions);

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        Convention.Validate();
        if (!float.IsFinite(InitialScale))
            throw new GraphException($"the initial scale must be finite, not {InitialScale}.");
        if (SyncGroupSize < 0)
            throw new GraphException($"the sync group size must be 0 (all) or more, not {SyncGroupSize}.");
        if (Masked && inputs[1] != new Shape([.. inputs[0].Dimensions[..^1], 1]))
            throw new GraphException(
                $"with a mask it takes one number for each position, not {inputs[0]} and {inputs[1]}."
            );
        if (Masked && PerActivation && inputs[0].Positions > 1)
            throw new GraphException("statistics for each position and a mask of positions do not go together.");
        return inputs[0];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs)
    {
        int count = StatisticsOf(inputs[0]).Count;
        return
        [
            new("weight", [count], TensorRole.Offset)
            {
                Trainable = TrainAffine,
                Initializer = new ConstantInitializer(InitialScale),
            },
            new("bias", [count], TensorRole.Offset) { Trainable = TrainAffine && TrainShift },
            new("running_mean", [count], TensorRole.State),
            new("running_var", [count], TensorRole.State) { Initializer = new ConstantInitializer(1) },
            new("num_batches_tracked", [1], TensorRole.State) { Type = ElementType.Int64 },
        ];
    }
}
