using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>The largest value of each channel in each place of a window; padding never wins.</summary>
/// <param name="Kind">See <see cref="Layer.Kind"/>.</param>
public abstract record MaxPoolingLayer(string Kind) : PoolingLayer(Kind)
{
    private protected override void Forward(ForwardContext context, PoolingPass pass, BufferId x, BufferId y)
    {
        BufferId? winner =
            context.Mode == PlanMode.Training
                ? context.KeepPerExample($"winner{pass.Number}", pass.Count, ElementType.UInt8)
                : null;
        context.Emit(new MaxPoolForward(context.Name, pass, x, y, winner));
    }

    private protected override void Backward(
        BackwardContext context,
        PoolingPass pass,
        BufferId dy,
        GradientTarget dx
    ) => context.Emit(new MaxPoolBackward(context.Name, pass, context.Kept($"winner{pass.Number}"), dy, dx));

    /// <summary>The last of the steps that make the output and its winners once more in the backward pass; those before it are emitted.</summary>
    internal Step ForwardAgain(BackwardContext context, BufferId target)
    {
        MaxPoolForward[] steps =
        [
            .. Chain(
                    context.InputShape(0),
                    context.Input(0),
                    target,
                    pass => context.Temporary($"pass{pass.Number} (again)", pass.Count)
                )
                .Select(c => new MaxPoolForward(context.Name, c.Pass, c.X, c.Y, WinnerAgain(context, c.Pass))),
        ];
        foreach (MaxPoolForward step in steps[..^1])
            context.Emit(step);
        return steps[^1];
    }

    private static BufferId WinnerAgain(BackwardContext context, PoolingPass pass) =>
        context.KeepAgain($"winner{pass.Number}", pass.Count, ElementType.UInt8);

    // The winner of a window is kept as one byte.
    private protected static void RequireCountable(int places, string window)
    {
        if (places > 256)
            throw new ArgumentException($"a window of {window} exceeds 256 positions");
    }
}

/// <summary>Max pooling over lines of [length, channels].</summary>
/// <param name="Window">Window, stride and padding; at most 256 positions.</param>
public sealed record MaxPool1d(AxisWindow Window) : MaxPoolingLayer("maxpool1d")
{
    /// <inheritdoc/>
    public override bool IsPadded => Window.IsPadded;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        RequireCountable(Window.Length, $"{Window.Length}");
        return new Shape(Window.Places(inputs[0]), inputs[0].Channels);
    }

    /// <inheritdoc/>
    private protected override ImmutableArray<PoolingPass> Passes(Shape input) => [PoolingPass.Of(Window, input)];
}

/// <summary>Max pooling over images of [height, width, channels].</summary>
/// <param name="Window">Window, stride and padding; at most 256 positions.</param>
public sealed record MaxPool2d(Window Window) : MaxPoolingLayer("maxpool")
{
    /// <inheritdoc/>
    public override bool IsPadded => Window.IsPadded;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        RequireCountable(Window.Height * Window.Width, $"{Window.Height}x{Window.Width}");
        return Window.Output(inputs[0], inputs[0].Channels);
    }

    /// <inheritdoc/>
    private protected override ImmutableArray<PoolingPass> Passes(Shape input) => [PoolingPass.Of(Window, input, 1)];
}

/// <summary>Max pooling over volumes of [depth, height, width, channels].</summary>
/// <param name="Depth">Window, stride and padding in depth; at most 256 positions.</param>
/// <param name="Plane">The same over rows and columns.</param>
public sealed record MaxPool3d(AxisWindow Depth, Window Plane) : MaxPoolingLayer("maxpool3d")
{
    /// <inheritdoc/>
    public override bool IsPadded => Depth.IsPadded || Plane.IsPadded;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        RequireCountable(Depth.Length, $"{Depth.Length}");
        RequireCountable(Plane.Height * Plane.Width, $"{Plane.Height}x{Plane.Width}");
        return PoolingPass.Output(Depth, Plane, inputs[0]);
    }

    /// <inheritdoc/>
    private protected override ImmutableArray<PoolingPass> Passes(Shape input) => PoolingPass.Of(Depth, Plane, input);
}
