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

    /// <summary>Side of the result, [Side, Side, 3].</summary>
    public int Side => Crop.Side;

    /// <summary>Values of the result.</summary>
    public int Length => Side * Side * ImageBuffer.Channels;

    /// <summary>Transforms the workspace's image.</summary>
    /// <param name="work">Its image is the source, of sides of at least <see cref="ImageCrop.LeastSide"/>.</param>
    /// <param name="random">Where chance comes from.</param>
    /// <param name="output">[Side, Side, 3], overwritten.</param>
    internal void Apply(ImageWorkspace work, ref SeededRandom random, Span<float> output)
    {
        Crop.Cut(work, ref random, Scaling.Mean, output);
        Mirror?.Apply(ref random, Side, output);
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
