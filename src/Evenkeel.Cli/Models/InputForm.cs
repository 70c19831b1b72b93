using Evenkeel.Cli.Terminal;
using Evenkeel.Onnx;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Models;

/// <summary>Where a model's file has the channels of an image.</summary>
internal enum ImageOrder
{
    /// <summary>[N, C, H, W].</summary>
    ChannelsFirst,

    /// <summary>[N, H, W, C].</summary>
    ChannelsLast,
}

/// <summary>How a model's input holds an image.</summary>
/// <param name="Frame">Height, width, and 3 channels or 1.</param>
/// <param name="Order">Where the file has the channels.</param>
/// <param name="Layout">Between the file's order and the model's.</param>
/// <param name="Shape">The model's input.</param>
internal sealed record InputForm(ImageFrame Frame, ImageOrder Order, FileLayout Layout, Shape Shape)
{
    private const int Digit = 28;

    /// <summary>Whether an image's values stand in the model as they stand in the image.</summary>
    public bool IsPlain => Layout.ChannelsFirst == (Order == ImageOrder.ChannelsFirst) || Shape.Dimensions.Length == 1;

    /// <summary>The form of a model's input; null where it holds no image.</summary>
    /// <param name="model">The model.</param>
    /// <param name="asked">The order where the shape leaves it open, or to be held against it; null for none.</param>
    /// <exception cref="UsageException">The order asked for is not the model's.</exception>
    public static InputForm? Of(LoadedModel model, ImageOrder? asked)
    {
        Shape shape = model.Model.Graph.Input.Shape;
        IReadOnlyList<int> file = model.Layout.Dimensions(shape);
        ImageFrame? last = FrameOf(file, ImageOrder.ChannelsLast),
            first = FrameOf(file, ImageOrder.ChannelsFirst);
        ImageOrder usual =
            first is not null && (model.Layout.ChannelsFirst || last is null)
                ? ImageOrder.ChannelsFirst
                : ImageOrder.ChannelsLast;
        ImageOrder order = asked ?? usual;
        ImageFrame? frame = order == ImageOrder.ChannelsFirst ? first : last;
        if (frame is null && (first ?? last) is not null)
        {
            throw new UsageException(
                $"--layout: the input '{model.InputName}' is [N, {string.Join(", ", file)}], which does not have 3 channels or 1 in that position."
            );
        }

        return frame is null ? null : new InputForm(frame, order, model.Layout, shape);
    }

    /// <summary>Images, [N, height, width, channels], as the model's input.</summary>
    public float[] ToInside(float[] images) =>
        IsPlain ? images
        : Order == ImageOrder.ChannelsLast ? Layout.ToInside(images, Shape)
        : ChannelOrder.ToFirst(images, new Shape(Frame.Height, Frame.Width, Frame.Channels));

    // Matrices are grey images; so is MNIST's vector.
    private static ImageFrame? FrameOf(IReadOnlyList<int> file, ImageOrder order) =>
        (order, file) switch
        {
            (ImageOrder.ChannelsFirst, [1 or 3, var height, var width]) => new ImageFrame(height, width, file[0]),
            (ImageOrder.ChannelsLast, [var height, var width, 1 or 3]) => new ImageFrame(height, width, file[2]),
            (ImageOrder.ChannelsLast, [var height, var width]) => new ImageFrame(height, width, 1),
            (ImageOrder.ChannelsLast, [Digit * Digit]) => new ImageFrame(Digit, Digit, 1),
            _ => null,
        };
}
