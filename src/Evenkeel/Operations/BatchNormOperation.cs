using Evenkeel.Graphs;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;

namespace Evenkeel.Operations;

/// <summary>Batch normalisation, with the sum and the activation behind it where they are fused in.</summary>
internal sealed record BatchNormOperation(BatchNorm Layer) : NormOperation<BatchNorm>(Layer), IRematerialized
{
    /// <summary>Whether the layer before gathers the batch statistics.</summary>
    public bool StatisticsGiven { get; init; }

    /// <inheritdoc/>
    public bool Recomputes { get; init; }

    /// <inheritdoc/>
    public override int InputCount => Layer.Masked ? 2 : base.InputCount;

    /// <inheritdoc/>
    public override bool CanWriteRows => !Layer.PerActivation && !AddsResidual;

    /// <inheritdoc/>
    public bool SumsGradient => true;

    /// <summary>Whether training normalises with the batch's statistics.</summary>
    public bool UsesBatch => Layer.NormalizeWith == StatisticsSource.Batch;

    // Running statistics are folded into a convolution instead.
    /// <inheritdoc/>
    public override bool CanAddResidual(PlanMode mode) =>
        UsesBatch && !Layer.Masked && mode != PlanMode.Inference && base.CanAddResidual(mode);

    // How many examples a mask leaves depends on the data: one alone must not stop the training.
    private BatchNormConvention Convention =>
        Layer.Masked && Layer.Convention.SingleValue == SingleValuePolicy.Error
            ? Layer.Convention with
            {
                SingleValue = SingleValuePolicy.UseRunningStatistics,
            }
            : Layer.Convention;

    /// <inheritdoc/>
    public override void Forward(ForwardContext context)
    {
        NormSite site = Site(context);
        BufferId coefficients = context.Keep("coefficients", NormCoefficients.Length(site.Channels));
        // Population statistics are measured as training runs: a frozen layer feeds the next ones what it feeds them there.
        StatisticsSource source = context.Mode == PlanMode.Inference ? Layer.InferenceStatistics : Layer.NormalizeWith;
        if (source == StatisticsSource.Batch)
            EmitBatchCoefficients(context, site, coefficients);
        else
            context.Emit(
                new FrozenCoefficients(
                    context.Name,
                    Layer.Convention,
                    Affine(context),
                    Running(context),
                    context.Keep("statistics", ChannelMoments.Length(site.Channels), ElementType.Float64),
                    coefficients
                )
            );
        context.Emit(
            new NormalizeForward(context.Name, site, context.Input(0), Residual(context), coefficients, context.Output)
        );
    }

    /// <inheritdoc/>
    public override void Backward(BackwardContext context)
    {
        BufferId? dx = context.InputGradient(0),
            dgamma = context.TensorGradient("weight"),
            dbeta = context.TensorGradient("bias"),
            dresidual = ResidualGradient(context);
        if (Layer.Masked && context.AccumulatingInputGradient(1) is { Accumulates: false } mask)
            context.Emit(new NoGradient(context.Name, mask.Buffer));
        if (dx is null && dgamma is null && dresidual is null)
            return;
        NormSite site = Site(context);
        var pass = new NormBackward(
            context.Name,
            site,
            context.Input(0),
            Read(context),
            context.OutputGradient,
            context.Kept("coefficients")
        );
        var affine = new AffineBuffers(
            dgamma ?? context.Discard("dgamma", 0, site.Channels),
            dbeta ?? context.Discard("dbeta", 0, site.Channels)
        );
        BufferId sums = context.TemporaryVector("sums", 2 * site.Channels, ElementType.Float64);
        if (UsesBatch)
            EmitBackward(context, pass, sums, affine, dx, dresidual);
        else
            EmitFrozenBackward(context, pass, sums, affine, dx);
    }

    /// <inheritdoc/>
    public Step Recompute(BackwardContext context, BufferId target) =>
        new NormalizeForward(context.Name, Site(context), context.Input(0), null, context.Kept("coefficients"), target);

    private void EmitBatchCoefficients(ForwardContext context, NormSite site, BufferId coefficients)
    {
        BufferId moments = EmitMoments(context, site);
        // Nothing is learned from a single value in inference: it is its own mean and gives beta.
        BatchNormConvention convention =
            context.Mode == PlanMode.Inference
                ? Convention with
                {
                    SingleValue = SingleValuePolicy.SkipUpdate,
                }
                : Convention;
        StatisticsBuffers running = Running(context);
        AffineBuffers affine = Affine(context);
        BufferId statistics =
            convention.SingleValue == SingleValuePolicy.UseRunningStatistics
                ? context.Keep("statistics", ChannelMoments.Length(site.Channels), ElementType.Float64)
                : moments;
        context.Emit(
            new BatchCoefficients(context.Name, site, convention, affine, running, moments, statistics, coefficients)
        );
        if (context.Mode == PlanMode.Training && convention.Renormalization is { } renorm)
        {
            BufferId corrections = context.Keep("corrections", RenormCorrections.Length(site.Channels));
            context.Emit(
                new RenormCoefficients(
                    context.Name,
                    convention,
                    renorm,
                    affine,
                    running,
                    statistics,
                    corrections,
                    coefficients
                )
            );
        }

        if (context.Mode == PlanMode.Training && Layer.UpdateStatistics)
            context.EmitCommit(
                new CommitRunningStatistics(
                    context.Name,
                    Layer.Convention,
                    context.IsFinite,
                    Followed(context, site, moments),
                    running,
                    context.Tensor("num_batches_tracked")
                )
            );
    }

    // Those of the slices that are normalised together.
    private BufferId EmitMoments(ForwardContext context, NormSite site)
    {
        BufferId moments = StatisticsGiven
            ? context.Kept("moments")
            : context.Keep("moments", ChannelMoments.Length(site.Channels), ElementType.Float64);
        if (Layer.Masked)
            context.Emit(new MaskedMoments(context.Name, site, context.Input(0), context.Input(1), moments));
        else if (!StatisticsGiven)
            context.Emit(new BatchMoments(context.Name, site, context.Input(0), moments));
        if (GroupOf(context) > 1)
            context.Emit(new ExchangeMoments(context.Name, GroupOf(context), moments));
        return moments;
    }

    // What the running statistics follow.
    private BufferId Followed(ForwardContext context, NormSite site, BufferId moments)
    {
        if (GroupOf(context) == context.Slices && context.MicroBatches == 1)
            return moments;
        BufferId mean = context.Keep("mean moments", ChannelMoments.Length(site.Channels), ElementType.Float64);
        context.FollowMean(new GroupedMoments(GroupOf(context), moments, mean));
        return mean;
    }

    private void EmitBackward(
        BackwardContext context,
        NormBackward pass,
        BufferId sums,
        AffineBuffers affine,
        BufferId? dx,
        BufferId? dresidual
    )
    {
        BufferId statistics = context.Kept(
                Convention.SingleValue == SingleValuePolicy.UseRunningStatistics ? "statistics" : "moments"
            ),
            gradient = context.TemporaryVector("gradient", GradientCoefficients.Length(pass.Site.Channels));
        if (dresidual is { } d)
        {
            context.Emit(new ResidualGradientSums(pass, sums, d));
            // The gradient in front of the sum is there: it is read instead of y and dy.
            pass = pass with
            {
                Site = pass.Site with { Fused = null },
                Y = null,
                DY = d,
            };
        }
        else
            context.Emit(new BatchGradientSums(pass, sums));
        if (GroupOf(context) > 1)
            EmitExchange(context, sums);
        context.Emit(new BatchGradientCoefficients(pass.Layer, Convention, sums, statistics, affine, gradient));
        if (Layer.Convention.Renormalization is not null)
            context.Emit(new RenormGradientCoefficients(pass.Layer, sums, context.Kept("corrections"), affine.Gamma));
        if (dx is { } target)
        {
            context.Emit(new BatchInputGradient(pass, gradient, target));
            if (Layer.Masked)
                context.Emit(new ClearPadding(pass.Layer, pass.Site, context.Input(1), target));
        }
    }

    // Slices that share statistics.
    private int GroupOf(LoweringContext context) =>
        Layer.SyncGroupSize == 0 ? context.Slices : Math.Min(Layer.SyncGroupSize, context.Slices);

    private void EmitExchange(BackwardContext context, BufferId sums)
    {
        context.Emit(new ExchangeSums(context.Name, GroupOf(context), sums));
        context.CountOnce("weight", GroupOf(context));
        context.CountOnce("bias", GroupOf(context));
    }

    private void EmitFrozenBackward(
        BackwardContext context,
        NormBackward pass,
        BufferId sums,
        AffineBuffers affine,
        BufferId? dx
    )
    {
        BufferId target = dx ?? context.Discard("dx", pass.Site.Positions * pass.Site.Channels, 0);
        context.Emit(new FrozenGradientSums(pass, sums, target));
        context.Emit(
            new FrozenGradientCoefficients(pass.Layer, Layer.Convention, sums, context.Kept("statistics"), affine)
        );
    }

    private static AffineBuffers Affine(LoweringContext context) =>
        new(context.Tensor("weight"), context.Tensor("bias"));

    private static StatisticsBuffers Running(LoweringContext context) =>
        new(context.Tensor("running_mean"), context.Tensor("running_var"));

    private NormSite Site(LoweringContext context)
    {
        StatisticsLayout layout = Layer.StatisticsOf(context.InputShape(0));
        return new NormSite(layout.ValuesPerExample, layout.Count, Fused);
    }
}
