using Evenkeel.Graphs;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Operations;

/// <summary>A convolution of the images that an example is, with what is computed while its output is made.</summary>
internal record ConvolutionOperation(ConvolutionLayer Layer)
    : Operation<ConvolutionLayer>(Layer),
        IFusesActivation,
        IRematerialized
{
    /// <inheritdoc/>
    public bool Recomputes { get; init; }

    /// <inheritdoc/>
    public Activation? Fused { get; init; }

    /// <summary>The batch normalisation whose batch statistics are gathered while the output is made.</summary>
    public string? StatisticsFor { get; init; }

    /// <summary>The batch normalisation that is folded into weights and bias at each run.</summary>
    public FoldedNorm? Folded { get; init; }

    /// <inheritdoc/>
    public override bool CanWriteRows => Layer.Bias || Folded is not null;

    /// <inheritdoc/>
    public bool TakesSums => true;

    /// <inheritdoc/>
    public Layer With(Activation activation) => this with { Fused = activation };

    // In training the output is all that is stored.
    /// <inheritdoc/>
    public string? Obstacle(Activation activation, PlanMode mode) =>
        !Layer.Bias ? "only a convolution with a bias passes over its output"
        : mode == PlanMode.Training && !activation.OutputTellsGradient
            ? $"the gradient of {activation.Kind} needs the value before it"
        : null;

    /// <inheritdoc/>
    public override void Forward(ForwardContext context)
    {
        ConvolutionPass pass = Layer.Pass(context.InputShape(0));
        BufferId x = Operand(context);
        if (Folded is { } norm)
        {
            (BufferId w, BufferId b) = norm.Fold(context, Layer, (int)pass.Shape.Weights);
            context.Emit(new ConvolutionBiasForward(context.Name, pass, Fused, x, w, b, context.Output));
        }
        else if (StatisticsFor is { } normalized)
            EmitWithStatistics(context, pass, x, normalized);
        else
            context.Emit(Plain(context, pass, x, context.Output));
    }

    /// <inheritdoc/>
    public override void Backward(BackwardContext context)
    {
        ConvolutionPass pass = Layer.Pass(context.InputShape(0));
        BufferId dy = Layer.Bias ? BeforeActivation(context, pass) : context.OutputGradient;
        if (context.TensorGradient("weight") is { } dw)
        {
            BufferId x = Operand(context);
            context.Emit(new ConvolutionGradientToWeights(context.Name, pass, x, dy, dw));
        }

        GradientToInput(context, pass, dy);
    }

    /// <inheritdoc/>
    public Step Recompute(BackwardContext context, BufferId target) =>
        Plain(context, Layer.Pass(context.InputShape(0)), Operand(context), target);

    /// <summary>The buffer of these images.</summary>
    private protected virtual BufferId Operand(ForwardContext context) => context.Input(0);

    /// <summary>The same in the backward pass.</summary>
    private protected virtual BufferId Operand(BackwardContext context) => context.Input(0);

    /// <summary>Emits the gradient of the input from that of the output before bias and activation.</summary>
    private protected virtual void GradientToInput(BackwardContext context, ConvolutionPass pass, BufferId dy)
    {
        if (context.AccumulatingInputGradient(0) is { } dx)
            EmitGradientToInput(context, pass, dy, dx);
    }

    private protected static void EmitGradientToInput(
        BackwardContext context,
        ConvolutionPass pass,
        BufferId dy,
        GradientTarget dx
    ) => context.Emit(new ConvolutionGradientToInput(context.Name, pass, dy, context.Tensor("weight"), dx));

    private Step Plain(LoweringContext context, ConvolutionPass pass, BufferId x, BufferId y)
    {
        BufferId w = context.Tensor("weight");
        return Layer.Bias
            ? new ConvolutionBiasForward(context.Name, pass, Fused, x, w, context.Tensor("bias"), y)
            : new ConvolutionForward(context.Name, pass, x, w, y);
    }

    private void EmitWithStatistics(ForwardContext context, ConvolutionPass pass, BufferId x, string norm)
    {
        BufferId moments = context.KeepFor(norm, "moments", ChannelMoments.Length(Layer.Filters), ElementType.Float64);
        context.Emit(
            new ConvolutionStatisticsForward(context.Name, pass, x, context.Tensor("weight"), context.Output, moments)
        );
    }

    // The gradient before activation and bias, dense whatever the stride of the output.
    private BufferId BeforeActivation(BackwardContext context, ConvolutionPass pass)
    {
        int positions = checked((int)pass.Shape.Positions * pass.Frames);
        BufferId dz = context.Temporary("dz", positions * Layer.Filters);
        BufferId db = context.TensorGradient("bias") ?? context.Discard("db", 0, Layer.Filters);
        context.Emit(
            new ActivationBiasBackward(
                context.Name,
                Fused,
                positions,
                Layer.Filters,
                context.Output,
                context.OutputGradient,
                dz,
                db
            )
        );
        return dz;
    }
}
