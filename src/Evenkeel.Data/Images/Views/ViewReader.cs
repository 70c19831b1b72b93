using Evenkeel.Data.Images.Transforms;

namespace Evenkeel.Data.Images.Views;

/// <summary>Gives the views of one image after another; for one thread at a time. Allocates nothing once buffers have grown.</summary>
public sealed class ViewReader
{
    private readonly ImageWorkspace _work = new();
    private readonly ColorMap _colors;

    /// <summary>Joins a source with views.</summary>
    /// <param name="source">Where images come from.</param>
    /// <param name="views">Which views.</param>
    /// <param name="scaling">What a colour's value is: that of training.</param>
    public ViewReader(IImageSource source, MultiCrop views, ChannelScaling scaling)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(views);
        ArgumentNullException.ThrowIfNull(scaling);
        (Source, Views) = (source, views);
        ColorMap colors = ColorMap.Identity;
        scaling.Append(ref colors);
        _colors = colors;
    }

    /// <summary>Where images come from.</summary>
    public IImageSource Source { get; }

    /// <summary>Which views.</summary>
    public MultiCrop Views { get; }

    /// <summary>Values of one view, [side, side, 3].</summary>
    public int ViewLength => Views.Side * Views.Side * ImageBuffer.Channels;

    /// <summary>The image whose views <see cref="Write"/> gives; -1 before the first.</summary>
    public int Current { get; private set; } = -1;

    /// <summary>Reads an image.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside the source.</exception>
    /// <exception cref="DataFormatException">The image cannot be read; the message names it.</exception>
    public void Load(int index)
    {
        Current = -1;
        Source.Read(index, _work.Image, Views.SourceSide);
        Current = index;
    }

    /// <summary>Writes one view of the image that was read last.</summary>
    /// <param name="view">The view, 0 to <see cref="MultiCrop.Count"/> - 1.</param>
    /// <param name="output">[side, side, 3], overwritten.</param>
    /// <exception cref="InvalidOperationException">No image was read.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such view.</exception>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void Write(int view, Span<float> output)
    {
        if (Current < 0)
            throw new InvalidOperationException($"{Source.Name}: no image was read; load one first.");
        ArgumentOutOfRangeException.ThrowIfNegative(view);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(view, Views.Count);
        if (output.Length != ViewLength)
            throw new ArgumentException($"A view has {ViewLength} values, but the span has {output.Length}.");
        View wanted = Views.Of(view);
        SourceWindow window = wanted.Window(_work.Image.Height, _work.Image.Width);
        _work.Resampler.Run(_work.Image, window, Views.Side, Views.Side, Interpolation.Area, output);
        if (wanted.Facing == Facing.Mirrored)
            RandomMirror.Mirror(Views.Side, output);
        _colors.Apply(output);
    }

    /// <summary>Reads an image and writes all its views.</summary>
    /// <param name="index">The image.</param>
    /// <param name="output">[views, side, side, 3], overwritten.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public void Read(int index, Span<float> output)
    {
        if (output.Length != (long)Views.Count * ViewLength)
        {
            throw new ArgumentException(
                $"{Views.Count} views have {(long)Views.Count * ViewLength} values, but the span has {output.Length}."
            );
        }

        Load(index);
        for (int view = 0; view < Views.Count; view++)
            Write(view, output.Slice(view * ViewLength, ViewLength));
    }
}
