using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// Pooling over one, two or three dimensions, as passes over images: a line is an image of one row; a volume is pooled plane by plane, and
/// then in depth, for which the positions of a plane are one row.
/// </summary>
/// <param name="Kind">See <see cref="Layer.Kind"/>.</param>
public abstract record PoolingLayer(string Kind) : Layer(Kind), IOperation
{
    bool IOperation.CanWriteRows => true;

    /// <summary>Whether windows reach over the border.</summary>
    public abstract bool IsPadded { get; }

    void IOperation.Forward(ForwardContext context)
    {
        IEnumerable<(PoolingPass, BufferId, BufferId)> chain = Chain(
            context.InputShape(0),
            context.Input(0),
            context.Output,
            pass => context.KeepPerExample($"pass{pass.Number}", pass.Count)
        );
        foreach ((PoolingPass pass, BufferId x, BufferId y) in chain)
            Forward(context, pass, x, y);
    }

    void IOperation.Backward(BackwardContext context)
    {
        if (context.AccumulatingInputGradient(0) is not { } target)
            return;
        PoolingPass[] passes = [.. Passes(context.InputShape(0))];
        BufferId dy = context.OutputGradient;
        for (int i = passes.Length - 1; i >= 0; i--)
        {
            GradientTarget dx = i == 0 ? target : new(context.Temporary($"dpass{i - 1}", passes[i - 1].Count));
            Backward(context, passes[i], dy, dx);
            dy = dx.Buffer;
        }
    }

    /// <summary>The passes in order, with what each reads and writes.</summary>
    /// <param name="input">Shape of an example.</param>
    /// <param name="x">What the first reads.</param>
    /// <param name="y">What the last writes.</param>
    /// <param name="between">A buffer for what a pass leaves to the next.</param>
    private protected IEnumerable<(PoolingPass Pass, BufferId X, BufferId Y)> Chain(
        Shape input,
        BufferId x,
        BufferId y,
        Func<PoolingPass, BufferId> between
    )
    {
        ImmutableArray<PoolingPass> passes = Passes(input);
        foreach (PoolingPass pass in passes)
        {
            BufferId to = pass == passes[^1] ? y : between(pass);
            yield return (pass, x, to);
            x = to;
        }
    }

    /// <summary>The passes for examples of a shape, in order.</summary>
    private protected abstract ImmutableArray<PoolingPass> Passes(Shape input);

    private protected abstract void Forward(ForwardContext context, PoolingPass pass, BufferId x, BufferId y);

    private protected abstract void Backward(BackwardContext context, PoolingPass pass, BufferId dy, GradientTarget dx);
}

/// <summary>One pass of pooling over images.</summary>
/// <param name="Shape">The windows on one image.</param>
/// <param name="Frames">Images that an example is, side by side in memory.</param>
/// <param name="Number">Its place among the passes.</param>
internal readonly record struct PoolingPass(PoolingShape Shape, int Frames, int Number = 0)
{
    /// <summary>Values made of an example.</summary>
    public int Count => checked(Frames * Shape.OutputHeight * Shape.OutputWidth * Shape.Channels);

    /// <summary>The pass over a line of [length, channels].</summary>
    public static PoolingPass Of(AxisWindow window, Shape line) => Of(window.InRow, AxisWindow.Row(line), 1);

    /// <summary>The pass over one image, or over each of several.</summary>
    public static PoolingPass Of(Window window, Shape image, int frames)
    {
        (int height, int width) = window.Places(image);
        var shape = new PoolingShape
        {
            Height = image.Dimensions[0],
            Width = image.Dimensions[1],
            Channels = image.Channels,
            WindowHeight = window.Height,
            WindowWidth = window.Width,
            StrideY = window.StrideY,
            StrideX = window.StrideX,
            PadTop = window.PadTop,
            PadLeft = window.PadLeft,
            OutputHeight = height,
            OutputWidth = width,
        };
        return new PoolingPass(shape, frames);
    }

    /// <summary>The passes over a volume of [depth, height, width, channels].</summary>
    public static ImmutableArray<PoolingPass> Of(AxisWindow depth, Window plane, Shape shape)
    {
        var volume = new Volume(shape);
        (int height, int width) = plane.Places(volume.Plane);
        var planes = new Shape(volume.Depth, height * width, volume.Channels);
        return [Of(plane, volume.Plane, volume.Depth), Of(depth.InColumn, planes, 1) with { Number = 1 }];
    }

    /// <summary>The shape made of a volume.</summary>
    public static Shape Output(AxisWindow depth, Window plane, Shape shape)
    {
        var volume = new Volume(shape);
        (int height, int width) = plane.Places(volume.Plane);
        return new Shape(depth.Places(volume.Depth), height, width, volume.Channels);
    }
}
