using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>The mean of each channel in each place of a window.</summary>
/// <param name="Kind">See <see cref="Layer.Kind"/>.</param>
/// <param name="Divisor">What the sum is divided by where the window reaches over the border.</param>
public abstract record AveragePoolingLayer(string Kind, AverageDivisor Divisor) : PoolingLayer(Kind)
{
    private protected override void Forward(ForwardContext context, PoolingPass pass, BufferId x, BufferId y) =>
        context.Emit(new AveragePoolForward(context.Name, pass, Divisor, x, y));

    private protected override void Backward(
        BackwardContext context,
        PoolingPass pass,
        BufferId dy,
        GradientTarget dx
    ) => context.Emit(new AveragePoolBackward(context.Name, pass, Divisor, dy, dx));
}

/// <summary>Mean pooling over lines of [length, channels].</summary>
/// <param name="Window">Window, stride and padding.</param>
/// <param name="Divisor">What the sum is divided by where the window reaches over an end.</param>
public sealed record AveragePool1d(AxisWindow Window, AverageDivisor Divisor = AverageDivisor.Window)
    : AveragePoolingLayer("averagepool1d", Divisor)
{
    /// <inheritdoc/>
    public override bool IsPadded => Window.IsPadded;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => new(Window.Places(inputs[0]), inputs[0].Channels);

    /// <inheritdoc/>
    private protected override ImmutableArray<PoolingPass> Passes(Shape input) => [PoolingPass.Of(Window, input)];
}

/// <summary>Mean pooling over images of [height, width, channels].</summary>
/// <param name="Window">Window, stride and padding.</param>
/// <param name="Divisor">What the sum is divided by where the window reaches over the border.</param>
public sealed record AveragePool2d(Window Window, AverageDivisor Divisor = AverageDivisor.Window)
    : AveragePoolingLayer("averagepool", Divisor)
{
    /// <inheritdoc/>
    public override bool IsPadded => Window.IsPadded;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => Window.Output(inputs[0], inputs[0].Channels);

    /// <inheritdoc/>
    private protected override ImmutableArray<PoolingPass> Passes(Shape input) => [PoolingPass.Of(Window, input, 1)];
}

/// <summary>Mean pooling over volumes of [depth, height, width, channels].</summary>
/// <param name="Depth">Window, stride and padding in depth.</param>
/// <param name="Plane">The same over rows and columns.</param>
/// <param name="Divisor">What the sum is divided by where the window reaches over the border.</param>
public sealed record AveragePool3d(AxisWindow Depth, Window Plane, AverageDivisor Divisor = AverageDivisor.Window)
    : AveragePoolingLayer("averagepool3d", Divisor)
{
    /// <inheritdoc/>
    public override bool IsPadded => Depth.IsPadded || Plane.IsPadded;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => PoolingPass.Output(Depth, Plane, inputs[0]);

    /// <inheritdoc/>
    private protected override ImmutableArray<PoolingPass> Passes(Shape input) => PoolingPass.Of(Depth, Plane, input);
}
