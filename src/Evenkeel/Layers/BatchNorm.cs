using Evenkeel.Graphs;
using Evenkeel.Lowering;
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
/// Batch normalisation over the last dimension (Ioffe &amp; Szegedy 2015, Algorithm 1; jointly over positions as in section 3.2),
/// alone or with the activation behind it fused in by a rewrite.
/// </summary>
/// <param name="Convention">What the statistics mean.</param>
public sealed record BatchNorm(BatchNormConvention Convention) : Layer, IRematerialized
{
    /// <inheritdoc/>
    public override string Kind => "batchnorm";

    /// <summary>Whether gamma and beta are learned.</summary>
    public bool TrainAffine { get; init; } = true;

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

    /// <summary>Whether the layer before gathers the batch statistics; set by a rewrite.</summary>
    public bool StatisticsGiven { get; init; }

    /// <summary>
    /// Whether the output is computed again for the backward pass instead of being kept until then; set by a rewrite.
    /// </summary>
    public bool Recomputes { get; init; }

    /// <summary>Whether a second value is added before the activation; set by a rewrite.</summary>
    public bool AddsResidual { get; init; }

    /// <summary>The activation computed in the same pass; set by a rewrite, null in a network as it is built.</summary>
    public Activation? Fused { get; init; }

    /// <inheritdoc/>
    public override int InputCount => AddsResidual ? 2 : 1;

    /// <inheritdoc/>
    public override bool MixesExamples => InferenceStatistics == StatisticsSource.Batch;

    bool IOperation.CanWriteRows => !PerActivation && !AddsResidual;

    /// <summary>How many statistics the layer keeps for inputs of this shape, and over how many values of each example.</summary>
    public StatisticsLayout StatisticsOf(Shape input) =>
        PerActivation ? new(input.Count, 1) : new(input.Channels, input.Positions);

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        Convention.Validate();
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
                Initializer = new ConstantInitializer(1),
                Trainable = TrainAffine,
            },
            new("bias", [count], TensorRole.Offset) { Trainable = TrainAffine },
            new("running_mean", [count], TensorRole.State),
            new("running_var", [count], TensorRole.State) { Initializer = new ConstantInitializer(1) },
            new("num_batches_tracked", [1], TensorRole.State) { Type = ElementType.Int64 },
        ];
    }

    void IOperation.Forward(ForwardContext context)
    {
        BatchNormSite site = Site(context);
        int x = context.Input(0),
            y = context.Output;
        // Population statistics are measured as training runs: a frozen layer feeds the next ones what it feeds them there.
        StatisticsSource source = context.Mode == PlanMode.Inference ? InferenceStatistics : NormalizeWith;
        bool fromBatch = source == StatisticsSource.Batch;
        if (!fromBatch)
        {
            context.Emit(new FrozenBatchNormForward(context.Name, site, x, Mean(context), Variance(context), y));
            return;
        }

        // Nothing is learned from a single value in inference: it is its own mean and gives beta.
        if (context.Mode == PlanMode.Inference)
            site = site with { Convention = Convention with { SingleValue = SingleValuePolicy.SkipUpdate } };
        (int mean, int variance) = EmitForward(context, site, x, y);
        if (context.Mode == PlanMode.Training && UpdateStatistics)
        {
            context.EmitCommit(
                new CommitRunningStatistics(
                    context.Name,
                    site,
                    mean,
                    variance,
                    Mean(context),
                    Variance(context),
                    context.Tensor("num_batches_tracked")
                )
            );
        }
    }

    void IOperation.Backward(BackwardContext context)
    {
        BatchNormSite site = Site(context);
        int? dx = context.InputGradient(0),
            dgamma = context.TensorGradient("weight"),
            dbeta = context.TensorGradient("bias");
        if (dx is null && dgamma is null)
            return;
        // The kernels make all three gradients in the same two passes; those that nobody asked for go to scratch.
        int toInput = dx ?? context.Discard("dx", site.Positions * site.Channels, 0);
        int toScale = dgamma ?? context.Discard("dgamma", 0, site.Channels);
        int toShift = dbeta ?? context.Discard("dbeta", 0, site.Channels);
        if (AddsResidual)
        {
            EmitBackwardWithResidual(context, site, new(context.OutputGradient, toInput, toScale, toShift));
            return;
        }

        int? y = Fused is { GradientUsesOutput: true } ? context.Output : null;
        bool fromBatch = NormalizeWith == StatisticsSource.Batch;
        int mean = fromBatch ? context.Kept("batch_mean") : Mean(context);
        int variance = fromBatch ? context.Kept("batch_var") : Variance(context);
        var gradients = new BatchNormGradients(context.OutputGradient, toInput, toScale, toShift);
        context.Emit(
            fromBatch
                ? new BatchNormBackward(context.Name, site, context.Input(0), y, mean, variance, gradients)
                : new FrozenBatchNormBackward(context.Name, site, context.Input(0), y, mean, variance, gradients)
        );
    }

    Step IRematerialized.Recompute(BackwardContext context, int target) =>
        new BatchNormNormalize(
            context.Name,
            Site(context),
            context.Input(0),
            Mean(context),
            Variance(context),
            target,
            context.Kept("batch_mean"),
            context.Kept("batch_var")
        );

    private static void EmitBackwardWithResidual(
        BackwardContext context,
        BatchNormSite site,
        BatchNormGradients gradients
    )
    {
        int toResidual = context.InputGradient(1) ?? context.Discard("dresidual", site.Positions * site.Channels, 0);
        context.Emit(
            new BatchNormAddBackward(
                context.Name,
                site,
                context.Input(0),
                context.Output,
                context.Kept("batch_mean"),
                context.Kept("batch_var"),
                gradients,
                toResidual
            )
        );
    }

    private (int Mean, int Variance) EmitForward(ForwardContext context, BatchNormSite site, int x, int y)
    {
        int mean,
            variance;
        if (StatisticsGiven)
        {
            (mean, variance) = (context.Kept("batch_mean"), context.Kept("batch_var"));
            context.Emit(
                AddsResidual
                    ? new BatchNormAddForward(context.Name, site, x, context.Input(1), y, mean, variance)
                    : new BatchNormNormalize(context.Name, site, x, Mean(context), Variance(context), y, mean, variance)
            );
        }
        else
        {
            mean = context.Keep("batch_mean", site.Channels, ElementType.Float64);
            variance = context.Keep("batch_var", site.Channels, ElementType.Float64);
            context.Emit(
                new BatchNormForward(context.Name, site, x, Mean(context), Variance(context), y, mean, variance)
            );
        }

        return (mean, variance);
    }

    private static int Mean(LoweringContext context) => context.Tensor("running_mean");

    private static int Variance(LoweringContext context) => context.Tensor("running_var");

    private BatchNormSite Site(LoweringContext context)
    {
        StatisticsLayout layout = StatisticsOf(context.InputShape(0));
        return new BatchNormSite(
            layout.ValuesPerExample,
            layout.Count,
            Convention,
            Fused,
            context.Tensor("weight"),
            context.Tensor("bias")
        );
    }
}
