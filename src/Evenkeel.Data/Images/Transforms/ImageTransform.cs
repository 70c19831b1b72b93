using Evenkeel.Data.Images.Files;
using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Images.Transforms;

/// <summary>From an image to what the network sees: crop, mirror, colours, scaling. Immutable; chance comes from outside.</summary>
public sealed record ImageTransform
{
    /// <summary>Which part of the image.</summary>
    public required ImageCrop Crop { get; init; }

    /// <summary>Mirrors some images; null for none.</summary>
    public RandomMirror? Mirror { get; init; }

    /// <summary>Changes colours; null for none.</summary>
    public PhotometricDistortion? Distortion { get; init; }

    /// <summary>What a colour's value is at last; its mean is also the colour of padding.</summary>
    public ChannelScaling Scaling { get; init; } = ChannelScaling.Unit;

    /// <summary>Channels of the result: 3 for colours, 1 for grey, which is their luma (ITU-R BT.601).</summary>
    public int Channels
    {
        get;
        init =>
            field = value is 1 or ImageBuffer.Channels
                ? value
                : throw new ArgumentOutOfRangeException(nameof(value), value, "Images have 1 or 3 channels.");
    } = ImageBuffer.Channels;

    /// <summary>Rows of the result, [Height, Width, Channels].</summary>
    public int Height => Crop.Side;

    /// <summary>Pixels of a row of the result.</summary>
    public int Width => Crop.Width;

    /// <summary>Values of the result.</summary>
    public int Length => Height * Width * Channels;

    /// <summary>Reads an image file: <c>predictor.Classify(transform.Read("cat.jpg"))</c>. Where chance has a part, it is the same each time.</summary>
    /// <param name="file">A JPEG or PNG file.</param>
    /// <returns>[Height, Width, Channels].</returns>
    /// <exception cref="DataFormatException">There is no such file, or it cannot be read.</exception>
    public float[] Read(string file) => new ImageDataset(EncodedImages.FromFiles([file]), this).Inputs(0);

    /// <summary>Reads the bytes of an image file, such as one that came over a network; otherwise as <see cref="Read(string)"/>.</summary>
    /// <param name="content">A JPEG or PNG file.</param>
    /// <param name="name">The name for messages.</param>
    /// <returns>[Height, Width, Channels].</returns>
    /// <exception cref="DataFormatException">It cannot be read.</exception>
    public float[] Read(byte[] content, string name = "image")
    {
        ArgumentNullException.ThrowIfNull(content);
        return new ImageDataset(EncodedImages.FromBytes(content, name), this).Inputs(0);
    }

    /// <summary>Transforms the workspace's image.</summary>
    /// <param name="work">Its image is the source, of sides of at least <see cref="ImageCrop.MinSide"/>.</param>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="output">[Height, Width, Channels], overwritten.</param>
    internal void Apply(ImageWorkspace work, ref SeededRandom random, Span<float> output)
    {
        if (Channels == ImageBuffer.Channels)
        {
            ApplyInColor(work, ref random, output);
            return;
        }

        Span<float> colors = work.Colors(Height * Width * ImageBuffer.Channels);
        ApplyInColor(work, ref random, colors);
        // Scaling is affine and the weights sum to 1, so a grey of scaled colours is a scaled grey.
        for (int i = 0; i < output.Length; i++)
            output[i] = Luma.Of(colors.Slice(i * ImageBuffer.Channels, ImageBuffer.Channels));
    }

    private void ApplyInColor(ImageWorkspace work, ref SeededRandom random, Span<float> output)
    {
        Crop.Cut(work, ref random, Scaling.Mean, output);
        Mirror?.Apply(ref random, Width, output);
        ColorMap map = ColorMap.Identity;
        if (Distortion is { Strength: > 0 } distortion)
            distortion.Append(ref map, MeanOf(output), ref random);
        Scaling.Append(ref map);
        map.Apply(output);
    }

    private static Rgb MeanOf(ReadOnlySpan<float> pixels)
    {
        (double red, double green, double blue) = (0, 0, 0);
        for (int i = 0; i + 2 < pixels.Length; i += ImageBuffer.Channels)
            (red, green, blue) = (red + pixels[i], green + pixels[i + 1], blue + pixels[i + 2]);
        double count = pixels.Length / ImageBuffer.Channels;
        return new Rgb(red / count, green / count, blue / count);
    }
}
