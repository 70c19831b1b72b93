using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Planning;

namespace Evenkeel.Layers;

/// <summary>The largest value of each channel in each place of a window; padding never wins.</summary>
/// <param name="Window">Window, stride and padding; at most 256 positions.</param>
public sealed record MaxPool2d(Window Window) : Layer
{
    /// <inheritdoc/>
    public override string Kind => "maxpool";

    /// <inheritdoc/>
    public override bool CanWriteRows => true;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        Window.Height * Window.Width <= 256
            ? PoolingSize.Output(Window, inputs[0])
            : throw new ArgumentException($"a window of {Window.Height}x{Window.Width} exceeds 256 positions");

    /// <inheritdoc/>
    public override void Forward(ForwardContext context)
    {
        PoolingShape shape = PoolingSize.Of(Window, context.InputShape(0));
        int? winner = null;
        if (context.Mode == PlanMode.Training)
            winner = context.KeepPerExample(
                "winner",
                shape.OutputHeight * shape.OutputWidth * shape.Channels,
                ElementType.UInt8
            );
        context.Emit(new MaxPoolForward(context.Name, shape, context.Input(0), context.Output, winner));
    }

    /// <inheritdoc/>
    public override void Backward(BackwardContext context)
    {
        PoolingShape shape = PoolingSize.Of(Window, context.InputShape(0));
        if (context.AccumulatingInputGradient(0) is { } dx)
            context.Emit(
                new MaxPoolBackward(
                    context.Name,
                    shape,
                    dx.Accumulates,
                    context.Kept("winner"),
                    context.OutputGradient,
                    dx.Buffer
                )
            );
    }
}

/// <summary>The mean of each channel in each place of a window.</summary>
/// <param name="Window">Window, stride and padding.</param>
/// <param name="Divisor">What the sum is divided by where the window reaches over the border.</param>
public sealed record AveragePool2d(Window Window, AverageDivisor Divisor = AverageDivisor.Window) : Layer
{
    /// <inheritdoc/>
    public override string Kind => "averagepool";

    /// <inheritdoc/>
    public override bool CanWriteRows => true;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => PoolingSize.Output(Window, inputs[0]);

    /// <inheritdoc/>
    public override void Forward(ForwardContext context) =>
        context.Emit(
            new AveragePoolForward(
                context.Name,
                PoolingSize.Of(Window, context.InputShape(0)),
                Divisor,
                context.Input(0),
                context.Output
            )
        );

    /// <inheritdoc/>
    public override void Backward(BackwardContext context)
    {
        PoolingShape shape = PoolingSize.Of(Window, context.InputShape(0));
        if (context.AccumulatingInputGradient(0) is { } dx)
            context.Emit(
                new AveragePoolBackward(context.Name, shape, Divisor, dx.Accumulates, context.OutputGradient, dx.Buffer)
            );
    }
}

/// <summary>The mean of each channel over all positions: [height, width, channels] to [channels].</summary>
public sealed record GlobalAveragePool : Layer
{
    /// <inheritdoc/>
    public override string Kind => "globalaveragepool";

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => new(inputs[0].Channels);

    /// <inheritdoc/>
    public override void Forward(ForwardContext context)
    {
        Shape shape = context.InputShape(0);
        context.Emit(
            new GlobalAverageForward(context.Name, shape.Positions, shape.Channels, context.Input(0), context.Output)
        );
    }

    /// <inheritdoc/>
    public override void Backward(BackwardContext context)
    {
        Shape shape = context.InputShape(0);
        if (context.AccumulatingInputGradient(0) is { } dx)
            context.Emit(
                new GlobalAverageBackward(
                    context.Name,
                    shape.Positions,
                    shape.Channels,
                    dx.Accumulates,
                    context.OutputGradient,
                    dx.Buffer
                )
            );
    }
}

internal static class PoolingSize
{
    public static Shape Output(Window window, Shape input)
    {
        (int height, int width) = window.Places(input);
        return new Shape(height, width, input.Channels);
    }

    public static PoolingShape Of(Window window, Shape input)
    {
        (int height, int width) = window.Places(input);
        return new PoolingShape
        {
            Height = input.Dimensions[0],
            Width = input.Dimensions[1],
            Channels = input.Channels,
            WindowHeight = window.Height,
            WindowWidth = window.Width,
            StrideY = window.StrideY,
            StrideX = window.StrideX,
            PadTop = window.PadTop,
            PadLeft = window.PadLeft,
            OutputHeight = height,
            OutputWidth = width,
        };
    }
}

/// <summary>y = max over the window; the winner's place is kept when a gradient will need it.</summary>
public sealed record MaxPoolForward(string Layer, PoolingShape Shape, int X, int Y, int? Winner)
    : Step(Layer, [X], Winner is { } winner ? [Y, winner] : [Y]);

/// <summary>dx: each dy to its winner.</summary>
public sealed record MaxPoolBackward(string Layer, PoolingShape Shape, bool Accumulates, int Winner, int DY, int DX)
    : Step(Layer, Accumulates ? [Winner, DY, DX] : [Winner, DY], [DX]);

/// <summary>y = mean over the window.</summary>
public sealed record AveragePoolForward(string Layer, PoolingShape Shape, AverageDivisor Divisor, int X, int Y)
    : Step(Layer, [X], [Y]);

/// <summary>dx: each dy spread over its window.</summary>
public sealed record AveragePoolBackward(
    string Layer,
    PoolingShape Shape,
    AverageDivisor Divisor,
    bool Accumulates,
    int DY,
    int DX
) : Step(Layer, Accumulates ? [DY, DX] : [DY], [DX]);

/// <summary>y = mean over all positions.</summary>
public sealed record GlobalAverageForward(string Layer, int Positions, int Channels, int X, int Y)
    : Step(Layer, [X], [Y]);

/// <summary>dx = dy / positions.</summary>
public sealed record GlobalAverageBackward(string Layer, int Positions, int Channels, bool Accumulates, int DY, int DX)
    : Step(Layer, Accumulates ? [DY, DX] : [DY], [DX]);
