using System.Text.Json;
using Evenkeel.Configuration;
using Evenkeel.Data.Images.Transforms;

namespace Evenkeel.Runs.Configuration;

/// <summary>Which part of a training image is taken.</summary>
internal enum CropKind
{
    /// <summary>The middle, as of test images.</summary>
    Center,

    /// <summary>A random place of the image with a border around it.</summary>
    Pad,

    /// <summary>A random part of random area and aspect ratio, resized.</summary>
    Inception,
}

/// <summary>How training images are varied; test and validation images never are.</summary>
internal sealed record AugmentConfig
{
    private const int SmallSize = 96;

    private static readonly Dictionary<string, CropKind> Crops = new()
    {
        ["center"] = CropKind.Center,
        ["pad"] = CropKind.Pad,
        ["inception"] = CropKind.Inception,
    };

    /// <summary>Which part is taken.</summary>
    public CropKind Crop { get; init; }

    /// <summary>Pixels of border, for <see cref="CropKind.Pad"/>.</summary>
    public int Pad { get; init; } = 4;

    /// <summary>Least share of the area, for <see cref="CropKind.Inception"/>.</summary>
    public double MinArea { get; init; } = MinAreaFor(SmallSize);

    /// <summary>Whether every other image is mirrored.</summary>
    public bool Mirror { get; init; }

    /// <summary>Strength of changes of colour, 0 to 2.</summary>
    public double Distortion { get; init; }

    /// <summary>
    /// Least share of an image's area that a crop shows: 8 % as GoogLeNet, but 40 % of images below 96 pixels, of which 8 % are a few
    /// pixels that show nothing.
    /// </summary>
    public static double MinAreaFor(int size) => size < SmallSize ? 0.4 : 0.08;

    public static AugmentConfig Read(JsonFields f, int size)
    {
        CropKind crop = f.Choice("crop", Crops, CropKind.Center);
        RequireFor(f, "pad", CropKind.Pad, crop);
        RequireFor(f, "leastArea", CropKind.Inception, crop);
        var config = new AugmentConfig
        {
            Crop = crop,
            Pad = (int)f.Integer("pad", 4, 0, 4096),
            MinArea = f.Number("leastArea", MinAreaFor(size)),
            Mirror = f.Flag("mirror", false),
            Distortion = f.Number("distortion", 0),
        };
        if (config.MinArea is not (> 0 and <= 1))
            throw new ConfigurationException($"{f.PathOf("leastArea")}: it must be above 0 and at most 1.");
        if (config.Distortion is not (>= 0 and <= 2))
            throw new ConfigurationException($"{f.PathOf("distortion")}: it must be 0 to 2.");
        f.RequireNoOthers();
        return config;
    }

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteString("crop", Word(Crop));
        if (Crop == CropKind.Pad)
            writer.WriteNumber("pad", Pad);
        if (Crop == CropKind.Inception)
            writer.WriteNumber("leastArea", MinArea);
        writer.WriteBoolean("mirror", Mirror);
        writer.WriteNumber("distortion", Distortion);
    }

    /// <summary>The crop of training images.</summary>
    public ImageCrop CropTo(ImageFrame frame) =>
        Crop switch
        {
            CropKind.Pad => new PadAndCrop
            {
                Side = frame.Height,
                Padding = Pad,
                Enlarging = Enlarging.Refuse,
            },
            CropKind.Inception => new RandomResizedCrop { Side = frame.Height, MinArea = MinArea },
            _ => Middle(frame),
        };

    /// <summary>The transform of training images.</summary>
    public ImageTransform Transform(ImageFrame frame, ChannelScaling scaling) =>
        new()
        {
            Crop = CropTo(frame),
            Channels = frame.Channels,
            Mirror = Mirror ? new RandomMirror() : null,
            Distortion = Distortion > 0 ? new PhotometricDistortion(Distortion) : null,
            Scaling = scaling,
        };

    /// <summary>The transform of images to judge by.</summary>
    public static ImageTransform Plain(ImageFrame frame, ChannelScaling scaling) =>
        new()
        {
            Crop = Middle(frame),
            Channels = frame.Channels,
            Scaling = scaling,
        };

    private static ResizeAndCenterCrop Middle(ImageFrame frame) =>
        new()
        {
            Side = frame.Height,
            RectangleWidth = frame.Width,
            ShorterSide = frame.ShorterSide ?? 0,
        };

    private static string Word(CropKind crop) => Crops.First(c => c.Value == crop).Key;

    private static void RequireFor(JsonFields f, string field, CropKind needed, CropKind crop)
    {
        if (f.Has(field) && crop != needed)
            throw new ConfigurationException(
                $"{f.PathOf(field)}: this field is for \"crop\": \"{Word(needed)}\", but the crop is \"{Word(crop)}\"; leave it out."
            );
    }
}
