using Evenkeel.Graphs;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Operations;

/// <summary>
/// Normalisation that decorrelates, with the activation behind it where it is fused in. All that is done with rows is a 1 x 1 convolution in groups or
/// its gradient: the products of centred channels are the gradient of weights, whitening is the convolution itself.
/// </summary>
internal sealed record WhiteningOperation(WhiteningNorm Layer) : Operation<WhiteningNorm>(Layer), IFusesActivation
{
    /// <inheritdoc/>
    public Activation? Fused { get; init; }

    private bool UsesBatch => Layer.NormalizeWith == StatisticsSource.Batch;

    /// <inheritdoc/>
    public Layer With(Activation activation) => this with { Fused = activation };

    // In training the output is all that is stored.
    /// <inheritdoc/>
    public string? Obstacle(Activation activation, PlanMode mode) =>
        mode == PlanMode.Training && !activation.OutputTellsGradient
            ? $"the gradient of {activation.Kind} needs the value before it"
            : null;

    /// <inheritdoc/>
    public override void Forward(ForwardContext context)
    {
        WhiteningSite site = Site(context);
        WhiteningShape shape = site.Shape;
        var made = new WhiteningBuffers(
            context.Keep("matrices", shape.Values, ElementType.Float64),
            context.Keep("state", checked(shape.Groups * site.Method.StateLength(shape.Size)), ElementType.Float64),
            context.Keep("weights", shape.Values)
        );
        if (UsesBatch && context.Mode != PlanMode.Inference)
        {
            BufferId centred = EmitBatch(context, site, made);
            EmitProduct(context, site, centred, made.Weights, context.Tensor("bias"), context.Output);
            return;
        }

        BufferId bias = context.TemporaryVector("folded bias", shape.Channels);
        context.Emit(new RunningWhitening(context.Name, site, Affine(context), Running(context), made, bias));
        EmitProduct(context, site, context.Input(0), made.Weights, bias, context.Output);
    }

    /// <inheritdoc/>
    public override void Backward(BackwardContext context)
    {
        BufferId? dx = context.InputGradient(0),
            dgamma = context.TensorGradient("weight"),
            dbeta = context.TensorGradient("bias");
        if (dx is null && dgamma is null)
            return;
        WhiteningSite site = Site(context);
        int channels = site.Shape.Channels;
        var affine = new AffineBuffers(
            dgamma ?? context.Discard("dgamma", 0, channels),
            dbeta ?? context.Discard("dbeta", 0, channels)
        );
        var made = new WhiteningBuffers(context.Kept("matrices"), context.Kept("state"), context.Kept("weights"));
        if (UsesBatch)
            EmitBackward(context, site, made, affine, dx);
        else
            EmitFrozenBackward(context, site, made, affine, dx);
    }

    // Centres the rows and whitens by their own statistics; returns the buffer of centred rows.
    private BufferId EmitBatch(ForwardContext context, WhiteningSite site, WhiteningBuffers made)
    {
        WhiteningShape shape = site.Shape;
        var norm = new NormSite(site.Positions, shape.Channels, null);
        StatisticsBuffers running = Running(context);
        BufferId x = context.Input(0),
            moments = context.Keep("moments", ChannelMoments.Length(shape.Channels), ElementType.Float64),
            pairs = context.Keep("pairs", ChannelMoments.Length(shape.Values), ElementType.Float64),
            coefficients = context.TemporaryVector("coefficients", NormCoefficients.Length(shape.Channels)),
            products = context.TemporaryVector("products", shape.Values),
            centred = context.KeepPerExample("centred", site.Positions * shape.Channels);
        context.Emit(new BatchMoments(context.Name, norm, x, moments));
        Exchange(context, moments);
        context.Emit(new CentringCoefficients(context.Name, site, moments, running.Mean, coefficients));
        context.Emit(new NormalizeForward(context.Name, norm, x, null, coefficients, centred));
        context.Emit(new ConvolutionGradientToWeights(context.Name, Pass(site), centred, centred, products));
        context.Emit(new PairMoments(context.Name, site, products, pairs));
        Exchange(context, pairs);
        context.Emit(new BatchWhitening(context.Name, site, pairs, context.Tensor("weight"), running.Variance, made));
        if (context.Mode == PlanMode.Training && Layer.UpdateStatistics)
            context.EmitCommit(
                new CommitRunningCovariance(
                    context.Name,
                    Layer.Convention,
                    context.IsFinite,
                    Followed(context, "mean moments", moments, shape.Channels),
                    Followed(context, "mean pairs", pairs, shape.Values),
                    running,
                    context.Tensor("num_batches_tracked")
                )
            );
        return centred;
    }

    private void EmitProduct(
        ForwardContext context,
        WhiteningSite site,
        BufferId x,
        BufferId weights,
        BufferId bias,
        BufferId y
    ) => context.Emit(new ConvolutionBiasForward(context.Name, Pass(site), Fused, x, weights, bias, y));

    private void EmitBackward(
        BackwardContext context,
        WhiteningSite site,
        WhiteningBuffers made,
        AffineBuffers affine,
        BufferId? dx
    )
    {
        WhiteningShape shape = site.Shape;
        BufferId centred = context.Kept("centred");
        (BufferId dz, BufferId sums) = EmitSums(context, site, centred);
        if (GroupOf(context) > 1)
        {
            context.Emit(new ExchangeSums(context.Name, GroupOf(context), sums));
            context.CountOnce("weight", GroupOf(context));
            context.CountOnce("bias", GroupOf(context));
        }

        var through = new AffineBuffers(
            context.TemporaryVector("through weights", shape.Values),
            context.TemporaryVector("through bias", shape.Channels)
        );
        BufferId work = context.TemporaryVector("dmatrices", shape.Values, ElementType.Float64);
        context.Emit(
            new BatchWhiteningGradient(
                context.Name,
                site,
                sums,
                context.Kept("pairs"),
                context.Tensor("weight"),
                made,
                new(affine, through, work)
            )
        );
        if (dx is not { } target)
            return;
        context.Emit(
            new ConvolutionBiasForward(context.Name, Pass(site), null, centred, through.Gamma, through.Beta, target)
        );
        context.Emit(
            new ConvolutionGradientToInput(context.Name, Pass(site), dz, made.Weights, new(target, Accumulates: true))
        );
    }

    private void EmitFrozenBackward(
        BackwardContext context,
        WhiteningSite site,
        WhiteningBuffers made,
        AffineBuffers affine,
        BufferId? dx
    )
    {
        (BufferId dz, BufferId sums) = EmitSums(context, site, context.Input(0));
        context.Emit(
            new RunningWhiteningGradient(context.Name, site, sums, Running(context).Mean, made.Matrices, affine)
        );
        if (dx is { } target)
            context.Emit(new ConvolutionGradientToInput(context.Name, Pass(site), dz, made.Weights, new(target)));
    }

    // The gradient before the activation, and its sums with the rows that are multiplied.
    private (BufferId Dz, BufferId Sums) EmitSums(BackwardContext context, WhiteningSite site, BufferId rows)
    {
        int channels = site.Shape.Channels;
        BufferId dy = context.OutputGradient,
            dz = Fused is null ? dy : context.Temporary("dz", site.Positions * channels),
            sum = context.TemporaryVector("db", channels),
            products = context.TemporaryVector("dproducts", site.Shape.Values),
            sums = context.TemporaryVector("sums", site.Shape.Values + channels, ElementType.Float64);
        context.Emit(
            Fused is null
                ? new BiasGradient(context.Name, new(site.Positions, channels, channels), dy, sum)
                : new ActivationBiasBackward(context.Name, Fused, site.Positions, channels, context.Output, dy, dz, sum)
        );
        context.Emit(new ConvolutionGradientToWeights(context.Name, Pass(site), rows, dz, products));
        context.Emit(new WhiteningSums(context.Name, products, sum, sums));
        return (dz, sums);
    }

    private void Exchange(ForwardContext context, BufferId moments)
    {
        if (GroupOf(context) > 1)
            context.Emit(new ExchangeMoments(context.Name, GroupOf(context), moments));
    }

    // What the running statistics follow.
    private BufferId Followed(ForwardContext context, string name, BufferId moments, int channels)
    {
        if (GroupOf(context) == context.Slices && context.MicroBatches == 1)
            return moments;
        BufferId mean = context.Keep(name, ChannelMoments.Length(channels), ElementType.Float64);
        context.FollowMean(new GroupedMoments(GroupOf(context), moments, mean));
        return mean;
    }

    // Slices that share statistics.
    private int GroupOf(LoweringContext context) =>
        Layer.SyncGroupSize == 0 ? context.Slices : Math.Min(Layer.SyncGroupSize, context.Slices);

    private WhiteningSite Site(LoweringContext context)
    {
        Shape input = context.InputShape(0);
        return new WhiteningSite(Layer.ShapeOf(input), input.Positions, Layer.Method, Layer.Convention);
    }

    private static AffineBuffers Affine(LoweringContext context) =>
        new(context.Tensor("weight"), context.Tensor("bias"));

    private static StatisticsBuffers Running(LoweringContext context) =>
        new(context.Tensor("running_mean"), context.Tensor("running_cov"));

    // One example as an image of one column.
    private static ConvolutionPass Pass(WhiteningSite site) =>
        new(
            new ConvolutionShape
            {
                Height = site.Positions,
                Width = 1,
                InputChannels = site.Shape.Channels,
                OutputChannels = site.Shape.Channels,
                KernelHeight = 1,
                KernelWidth = 1,
                OutputHeight = site.Positions,
                OutputWidth = 1,
                Groups = site.Shape.Groups,
            }
        );
}
