using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;

namespace Evenkeel.Operations;

/// <summary>Batch normalisation, with the activation behind it where that is fused in.</summary>
internal sealed record BatchNormOperation(BatchNorm Layer) : Operation<BatchNorm>(Layer), IRematerialized
{
    /// <summary>Whether the layer before gathers the batch statistics.</summary>
    public bool StatisticsGiven { get; init; }

    /// <inheritdoc/>
    public bool Recomputes { get; init; }

    /// <summary>Whether a second value is added before the activation.</summary>
    public bool AddsResidual { get; init; }

    /// <summary>The activation computed in the same pass.</summary>
    public Activation? Fused { get; init; }

    /// <inheritdoc/>
    public override int InputCount => AddsResidual ? 2 : 1;

    /// <inheritdoc/>
    public override bool CanWriteRows => !Layer.PerActivation && !AddsResidual;

    /// <inheritdoc/>
    public override void Forward(ForwardContext context)
    {
        BatchNormSite site = Site(context);
        int x = context.Input(0),
            y = context.Output;
        // Population statistics are measured as training runs: a frozen layer feeds the next ones what it feeds them there.
        StatisticsSource source = context.Mode == PlanMode.Inference ? Layer.InferenceStatistics : Layer.NormalizeWith;
        bool fromBatch = source == StatisticsSource.Batch;
        if (!fromBatch)
        {
            context.Emit(new FrozenBatchNormForward(context.Name, site, x, Mean(context), Variance(context), y));
            return;
        }

        // Nothing is learned from a single value in inference: it is its own mean and gives beta.
        if (context.Mode == PlanMode.Inference)
            site = site with { Convention = Layer.Convention with { SingleValue = SingleValuePolicy.SkipUpdate } };
        (int mean, int variance) = EmitForward(context, site, x, y);
        if (context.Mode == PlanMode.Training && Layer.UpdateStatistics)
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

    /// <inheritdoc/>
    public override void Backward(BackwardContext context)
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
        bool fromBatch = Layer.NormalizeWith == StatisticsSource.Batch;
        int mean = fromBatch ? context.Kept("batch_mean") : Mean(context);
        int variance = fromBatch ? context.Kept("batch_var") : Variance(context);
        var gradients = new BatchNormGradients(context.OutputGradient, toInput, toScale, toShift);
        context.Emit(
            fromBatch
                ? new BatchNormBackward(context.Name, site, context.Input(0), y, mean, variance, gradients)
                : new FrozenBatchNormBackward(context.Name, site, context.Input(0), y, mean, variance, gradients)
        );
    }

    /// <inheritdoc/>
    public Step Recompute(BackwardContext context, int target) =>
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
        StatisticsLayout layout = Layer.StatisticsOf(context.InputShape(0));
        return new BatchNormSite(
            layout.ValuesPerExample,
            layout.Count,
            Layer.Convention,
            Fused,
            context.Tensor("weight"),
            context.Tensor("bias")
        );
    }
}
