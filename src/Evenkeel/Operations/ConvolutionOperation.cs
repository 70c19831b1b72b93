using Evenkeel.Graphs;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Operations;

/// <summary>A convolution of the images that an example is, with what is computed while its output is made.</summary>
internal record ConvolutionOperation(ConvolutionLayer Layer) : Operation<ConvolutionLayer>(Layer), IFusesActivation
{
    /// <inheritdoc/>
    public Activation? Fused { get; init; }

    /// <summary>The batch normalisation whose batch statistics are gathered while the output is made.</summary>
    public string? StatisticsFor { get; init; }

    /// <summary>The batch normalisation that is folded into weights and bias at each run.</summary>
    public FoldedNorm? Folded { get; init; }

    /// <inheritdoc/>
    public override bool CanWriteRows => Layer.Bias || Folded is not null;

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
        ConvolutionFrames frames = Layer.Frames(context.InputShape(0));
        int x = Operand(context);
        if (Folded is { } norm)
        {
            (int w, int b) = norm.Fold(context, Layer, (int)frames.Shape.Weights);
            EmitWithBias(context, frames, x, w, b);
        }
        else if (Layer.Bias)
            EmitWithBias(context, frames, x, context.Tensor("weight"), context.Tensor("bias"));
        else
            EmitWithoutBias(context, frames, x, context.Tensor("weight"));
    }

    /// <inheritdoc/>
    public override void Backward(BackwardContext context)
    {
        ConvolutionFrames frames = Layer.Frames(context.InputShape(0));
        int dy = Layer.Bias ? BeforeActivation(context, frames) : context.OutputGradient;
        if (context.TensorGradient("weight") is { } dw)
        {
            int x = Operand(context);
            context.Emit(
                new ConvolutionGradientToWeights(context.Name, frames.Shape, x, dy, dw) { Frames = frames.Count }
            );
        }

        GradientToInput(context, frames, dy);
    }

    /// <summary>The buffer of these images.</summary>
    private protected virtual int Operand(ForwardContext context) => context.Input(0);

    /// <summary>The same in the backward pass.</summary>
    private protected virtual int Operand(BackwardContext context) => context.Input(0);

    /// <summary>Emits the gradient of the input from that of the output before bias and activation.</summary>
    private protected virtual void GradientToInput(BackwardContext context, ConvolutionFrames frames, int dy)
    {
        if (context.AccumulatingInputGradient(0) is { } dx)
            EmitGradientToInput(context, frames, dy, dx);
    }

    private protected static void EmitGradientToInput(
        BackwardContext context,
        ConvolutionFrames frames,
        int dy,
        GradientTarget dx
    ) =>
        context.Emit(
            new ConvolutionGradientToInput(
                context.Name,
                frames.Shape,
                dx.Accumulates,
                dy,
                context.Tensor("weight"),
                dx.Buffer
            )
            {
                Frames = frames.Count,
            }
        );

    private void EmitWithBias(ForwardContext context, ConvolutionFrames frames, int x, int w, int b) =>
        context.Emit(
            new ConvolutionBiasForward(context.Name, frames.Shape, Fused, x, w, b, context.Output)
            {
                Frames = frames.Count,
            }
        );

    private void EmitWithoutBias(ForwardContext context, ConvolutionFrames frames, int x, int w)
    {
        int y = context.Output;
        if (StatisticsFor is not { } norm)
        {
            context.Emit(new ConvolutionForward(context.Name, frames.Shape, x, w, y) { Frames = frames.Count });
            return;
        }

        int moments = context.KeepFor(norm, "moments", ChannelMoments.Length(Layer.Filters), ElementType.Float64);
        context.Emit(
            new ConvolutionStatisticsForward(context.Name, frames.Shape, x, w, y, moments) { Frames = frames.Count }
        );
    }

    // The gradient before activation and bias, dense whatever the stride of the output.
    private int BeforeActivation(BackwardContext context, ConvolutionFrames frames)
    {
        int positions = checked((int)frames.Shape.Positions * frames.Count);
        int dz = context.Temporary("dz", positions * Layer.Filters);
        int db = context.TensorGradient("bias") ?? context.Discard("db", 0, Layer.Filters);
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
