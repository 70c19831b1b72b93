using Evenkeel.Graphs;
using Evenkeel.Kernels.Resizing;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>An image with another number of rows and columns, each pixel between the four of the original around it.</summary>
/// <param name="Height">Rows made.</param>
/// <param name="Width">Columns made.</param>
public sealed record ResizeLinear(int Height, int Width) : Layer("resizelinear"), IOperation
{
    /// <summary>Rows made per row; 0 for the quotient of the sizes.</summary>
    public double ScaleY { get; init; }

    /// <summary>Columns made per column; 0 for the quotient of the sizes.</summary>
    public double ScaleX { get; init; }

    /// <summary>Where a place lies in the original.</summary>
    public ResizeCoordinates Coordinates { get; init; } = ResizeCoordinates.HalfPixel;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs)
    {
        ResizePlaces.Check(inputs[0], ScaleY, ScaleX);
        return new Shape(Height, Width, inputs[0].Channels);
    }

    void IOperation.Forward(ForwardContext context) =>
        context.Emit(new BilinearForward(context.Name, Size(context), context.Input(0), context.Output));

    void IOperation.Backward(BackwardContext context)
    {
        if (context.InputGradient(0) is { } dx)
            context.Emit(new BilinearBackward(context.Name, Size(context), context.OutputGradient, dx));
    }

    private BilinearSize Size(LoweringContext context)
    {
        Shape input = context.InputShape(0);
        return new BilinearSize(
            Axis(input.Dimensions[0], Height, ScaleY),
            Axis(input.Dimensions[1], Width, ScaleX),
            input.Channels
        );
    }

    private LinearAxis Axis(int length, int made, double scale)
    {
        double[] places = new double[made];
        for (int i = 0; i < made; i++)
            places[i] = Coordinates.Place(i, length, made, scale);
        return new LinearAxis(length, places);
    }
}

/// <summary>Where the rows and columns of a resized image are read, and how many channels it has.</summary>
internal readonly record struct BilinearSize(LinearAxis Rows, LinearAxis Columns, int Channels);

/// <summary>y = x between its pixels.</summary>
internal sealed record BilinearForward(string Layer, BilinearSize Size, BufferId X, BufferId Y) : Step(Layer, [X], [Y]);

/// <summary>dx = the shares of dy.</summary>
internal sealed record BilinearBackward(string Layer, BilinearSize Size, BufferId DY, BufferId DX)
    : Step(Layer, [DY], [DX]);
