using Evenkeel.Graphs;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// A convolution over one, two or three dimensions. All are computed as convolutions of images: a line is an image of one row, and a
/// volume is as many images as it has places in depth.
/// </summary>
/// <param name="Filters">Channels made, 1 or more.</param>
/// <param name="Bias">Whether a bias is added; batch normalisation behind the layer makes it useless (paper, section 3.2).</param>
public abstract record ConvolutionLayer(int Filters, bool Bias) : Layer, IOperation
{
    /// <summary>Groups of channels that do not mix; as many as input channels for a depthwise convolution.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>How the weights begin; biases begin at 0.</summary>
    public Initializer Initializer { get; init; } = Linear.DefaultInitializer;

    /// <summary>Whether training may change weight and bias.</summary>
    public bool Trainable { get; init; } = true;

    /// <summary>The activation computed in the same pass; set by a rewrite. Only with a bias.</summary>
    public Activation? Fused { get; init; }

    /// <summary>The batch normalisation whose batch statistics are gathered while the output is made; set by a rewrite.</summary>
    public string? StatisticsFor { get; init; }

    /// <summary>The batch normalisation that is folded into weights and bias at each run; set by a rewrite.</summary>
    public FoldedNorm? Folded { get; init; }

    /// <summary>Whether the layer computes nothing but the convolution and its bias.</summary>
    public bool IsPlain => Fused is null && Folded is null && StatisticsFor is null;

    /// <summary>Whether windows reach over the border, where zeros stand.</summary>
    public abstract bool IsPadded { get; }

    bool IOperation.CanWriteRows => Bias || Folded is not null;

    void IOperation.Forward(ForwardContext context)
    {
        ConvolutionFrames frames = Frames(context.InputShape(0));
        int x = Operand(context),
            w = context.Tensor("weight"),
            y = context.Output;
        if (Folded is { } folded)
            EmitFolded(context, frames, folded, x);
        else if (Bias)
            context.Emit(
                new ConvolutionBiasForward(context.Name, frames.Shape, Fused, x, w, context.Tensor("bias"), y)
                {
                    Frames = frames.Count,
                }
            );
        else if (StatisticsFor is { } norm)
        {
            int moments = context.KeepFor(norm, "moments", ChannelMoments.Length(Filters), ElementType.Float64);
            context.Emit(
                new ConvolutionStatisticsForward(context.Name, frames.Shape, x, w, y, moments) { Frames = frames.Count }
            );
        }
        else
            context.Emit(new ConvolutionForward(context.Name, frames.Shape, x, w, y) { Frames = frames.Count });
    }

    void IOperation.Backward(BackwardContext context)
    {
        ConvolutionFrames frames = Frames(context.InputShape(0));
        int dy = Bias ? BeforeActivation(context, frames) : context.OutputGradient;
        if (context.TensorGradient("weight") is { } dw)
        {
            int x = Operand(context);
            context.Emit(
                new ConvolutionGradientToWeights(context.Name, frames.Shape, x, dy, dw) { Frames = frames.Count }
            );
        }

        GradientToInput(context, frames, dy);
    }

    /// <summary>The images that one example is, and the convolution of each.</summary>
    private protected abstract ConvolutionFrames Frames(Shape input);

    /// <summary>The buffer of these images.</summary>
    private protected virtual int Operand(ForwardContext context) => context.Input(0);

    /// <summary>The same in the backward pass.</summary>
    private protected virtual int Operand(BackwardContext context) => context.Input(0);

    /// <summary>Emits the gradient of the input from that of the output before bias and activation.</summary>
    private protected virtual void GradientToInput(BackwardContext context, ConvolutionFrames frames, int dy)
    {
        if (context.AccumulatingInputGradient(0) is { } dx)
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
    }

    /// <summary>Requires groups that divide the channels, and weights that can be counted.</summary>
    /// <param name="channels">Of the input.</param>
    /// <param name="window">Places of the kernel.</param>
    private protected void Check(int channels, long window)
    {
        if (Filters < 1)
            throw new ArgumentException($"it must make 1 filter or more, not {Filters}");
        if (Groups < 1 || channels % Groups != 0 || Filters % Groups != 0)
            throw new ArgumentException($"{Groups} groups must divide {channels} channels and {Filters} filters");
        if (window * (channels / Groups) * Filters > int.MaxValue)
            throw new ArgumentException("its weights are more than 2^31-1 values");
    }

    /// <summary>The tensors for weights of the given dimensions, the last of which are inputs of a group and filters.</summary>
    private protected IReadOnlyList<TensorSpec> TensorsOf(params ReadOnlySpan<int> dimensions)
    {
        var weight = new TensorSpec("weight", [.. dimensions], TensorRole.Weight)
        {
            Initializer = Initializer,
            Trainable = Trainable,
            FileOrder = TensorFileOrder.LastFirst,
        };
        var bias = new TensorSpec("bias", [Filters], TensorRole.Offset) { Trainable = Trainable };
        return Bias ? [weight, bias] : [weight];
    }

    private void EmitFolded(ForwardContext context, ConvolutionFrames frames, FoldedNorm folded, int x)
    {
        int weights = (int)frames.Shape.Weights;
        int w = context.TemporaryVector("folded weight", weights),
            scale = context.TemporaryVector("folded scale", Filters),
            shift = context.TemporaryVector("folded bias", Filters);
        var norm = new FoldedNormTensors(
            context.TensorOf(folded.Layer, "weight"),
            context.TensorOf(folded.Layer, "bias"),
            context.TensorOf(folded.Layer, "running_mean"),
            context.TensorOf(folded.Layer, "running_var"),
            Bias ? context.Tensor("bias") : null
        );
        context.Emit(
            new FoldBatchNorm(
                context.Name,
                weights / Filters,
                Filters,
                folded.Epsilon,
                context.Tensor("weight"),
                norm,
                w,
                scale,
                shift
            )
        );
        context.Emit(
            new ConvolutionBiasForward(context.Name, frames.Shape, Fused, x, w, shift, context.Output)
            {
                Frames = frames.Count,
            }
        );
    }

    // The gradient before activation and bias, dense whatever the stride of the output.
    private int BeforeActivation(BackwardContext context, ConvolutionFrames frames)
    {
        int positions = checked((int)frames.Shape.Positions * frames.Count);
        int dz = context.Temporary("dz", positions * Filters);
        int db = context.TensorGradient("bias") ?? context.Discard("db", 0, Filters);
        context.Emit(
            new ActivationBiasBackward(
                context.Name,
                Fused,
                positions,
                Filters,
                context.Output,
                context.OutputGradient,
                dz,
                db
            )
        );
        return dz;
    }
}

/// <summary>The images that an example of a convolution is.</summary>
/// <param name="Shape">The convolution of each.</param>
/// <param name="Count">How many they are; side by side in memory, before the convolution and behind it.</param>
internal readonly record struct ConvolutionFrames(ConvolutionShape Shape, int Count);
