using Evenkeel.Graphs;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Planning;

namespace Evenkeel.Layers;

/// <summary>
/// Convolution over [height, width, channels]. Weights are stored [kernel height, kernel width, channels per group, filters] and
/// written to files as [filters, channels per group, kernel height, kernel width].
/// </summary>
/// <param name="Filters">Channels made, 1 or more.</param>
/// <param name="Window">Kernel, stride and padding (zeros).</param>
/// <param name="Bias">Whether a bias is added; batch normalisation behind the layer makes it useless (paper, section 3.2).</param>
public sealed record Conv2d(int Filters, Window Window, bool Bias = true) : Layer
{
    /// <inheritdoc/>
    public override string Kind => "conv2d";

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

    /// <inheritdoc/>
    public override bool CanWriteRows => Bias || Folded is not null;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        (int height, int width) = Window.Places(inputs[0]);
        int channels = inputs[0].Channels;
        if (Filters < 1)
            throw new ArgumentException($"it must make 1 filter or more, not {Filters}");
        if (Groups < 1 || channels % Groups != 0 || Filters % Groups != 0)
            throw new ArgumentException($"{Groups} groups must divide {channels} channels and {Filters} filters");
        if ((long)Window.Height * Window.Width * (channels / Groups) * Filters > int.MaxValue)
            throw new ArgumentException("its weights are more than 2^31-1 values");
        return new Shape(height, width, Filters);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs)
    {
        int[] dimensions = [Window.Height, Window.Width, inputs[0].Channels / Groups, Filters];
        var weight = new TensorSpec("weight", [.. dimensions], TensorRole.Weight)
        {
            Initializer = Initializer,
            Trainable = Trainable,
            FileOrder = TensorFileOrder.LastFirst,
        };
        var bias = new TensorSpec("bias", [Filters], TensorRole.Offset) { Trainable = Trainable };
        return Bias ? [weight, bias] : [weight];
    }

    /// <inheritdoc/>
    public override void Forward(ForwardContext context)
    {
        ConvolutionShape shape = Size(context);
        int x = context.Input(0),
            w = context.Tensor("weight"),
            y = context.Output;
        if (Folded is { } folded)
        {
            EmitFolded(context, shape, folded);
        }
        else if (Bias)
        {
            context.Emit(new ConvolutionBiasForward(context.Name, shape, Fused, x, w, context.Tensor("bias"), y));
        }
        else if (StatisticsFor is { } norm)
        {
            int mean = context.KeepFor(norm, "batch_mean", Filters, ElementType.Float64);
            int variance = context.KeepFor(norm, "batch_var", Filters, ElementType.Float64);
            context.Emit(new ConvolutionStatisticsForward(context.Name, shape, x, w, y, mean, variance));
        }
        else
        {
            context.Emit(new ConvolutionForward(context.Name, shape, x, w, y));
        }
    }

    /// <inheritdoc/>
    public override void Backward(BackwardContext context)
    {
        ConvolutionShape shape = Size(context);
        int dy = Bias ? BeforeActivation(context, shape) : context.OutputGradient;
        if (context.TensorGradient("weight") is { } dw)
            context.Emit(new ConvolutionGradientToWeights(context.Name, shape, context.Input(0), dy, dw));
        if (context.AccumulatingInputGradient(0) is { } dx)
            context.Emit(
                new ConvolutionGradientToInput(
                    context.Name,
                    shape,
                    dx.Accumulates,
                    dy,
                    context.Tensor("weight"),
                    dx.Buffer
                )
            );
    }

    private void EmitFolded(ForwardContext context, in ConvolutionShape shape, FoldedNorm folded)
    {
        int weights = (int)shape.Weights;
        int w = context.Temporary("folded weight", weights),
            scale = context.Temporary("folded scale", Filters),
            shift = context.Temporary("folded bias", Filters);
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
            new ConvolutionBiasForward(context.Name, shape, Fused, context.Input(0), w, shift, context.Output)
        );
    }

    // The gradient before activation and bias, dense whatever the stride of the output.
    private int BeforeActivation(BackwardContext context, in ConvolutionShape shape)
    {
        int positions = (int)shape.Positions;
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

    private ConvolutionShape Size(LoweringContext context)
    {
        Shape input = context.InputShape(0);
        (int height, int width) = Window.Places(input);
        return new ConvolutionShape
        {
            Height = input.Dimensions[0],
            Width = input.Dimensions[1],
            InputChannels = input.Channels,
            OutputChannels = Filters,
            KernelHeight = Window.Height,
            KernelWidth = Window.Width,
            StrideY = Window.StrideY,
            StrideX = Window.StrideX,
            PadTop = Window.PadTop,
            PadLeft = Window.PadLeft,
            OutputHeight = height,
            OutputWidth = width,
            Groups = Groups,
        };
    }
}

/// <summary>y = conv(x, w).</summary>
public sealed record ConvolutionForward(string Layer, ConvolutionShape Shape, int X, int W, int Y)
    : Step(Layer, [X, W], [Y]);

/// <summary>y = g(conv(x, w) + b).</summary>
public sealed record ConvolutionBiasForward(
    string Layer,
    ConvolutionShape Shape,
    Activation? Activation,
    int X,
    int W,
    int B,
    int Y
) : Step(Layer, [X, W, B], [Y]);

/// <summary>y = conv(x, w) and the mean and biased variance of y per channel, gathered while y is made.</summary>
public sealed record ConvolutionStatisticsForward(
    string Layer,
    ConvolutionShape Shape,
    int X,
    int W,
    int Y,
    int Mean,
    int Variance
) : Step(Layer, [X, W], [Y, Mean, Variance]);

/// <summary>dz = dy * g' (from y), db = sums of dz over positions.</summary>
public sealed record ActivationBiasBackward(
    string Layer,
    Activation? Activation,
    int Positions,
    int Channels,
    int Y,
    int DY,
    int DZ,
    int DB
) : Step(Layer, [Y, DY], [DZ, DB]);

/// <summary>dw from x and dy.</summary>
public sealed record ConvolutionGradientToWeights(string Layer, ConvolutionShape Shape, int X, int DY, int DW)
    : Step(Layer, [X, DY], [DW]);

/// <summary>dx from dy and w, written or added.</summary>
public sealed record ConvolutionGradientToInput(
    string Layer,
    ConvolutionShape Shape,
    bool Accumulates,
    int DY,
    int W,
    int DX
) : Step(Layer, Accumulates ? [DY, W, DX] : [DY, W], [DX]);
