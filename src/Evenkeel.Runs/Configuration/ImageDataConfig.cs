using System.Text.Json;
using Evenkeel.Configuration;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Synthetic;

namespace Evenkeel.Runs.Configuration;

/// <summary>Colour images of any sizes, cut to squares of one size.</summary>
internal sealed record ImageDataConfig : DataConfig
{
    public const string Word = "images";

    private const int ShapesClasses = 10;
    private const int ShapesSize = 32;

    // Of what one array holds, four values each, a round number.
    public const int MaxPixelsLimit = 500_000_000;

    private static readonly int UsualPixels = (int)new ImageLimits().MaxPixels;

    private static readonly Dictionary<string, DecoderChoice> Decoders = new()
    {
        ["fastest"] = DecoderChoice.Fastest,
        ["managed"] = DecoderChoice.Managed,
    };

    public ImageDataConfig()
        : base(Shapes) { }

    /// <summary>Fields that other data does not have.</summary>
    public static string[] OwnFields { get; } =
    ["size", "classes", "augment", "mixSeed", "scaling", "maxPixels", "decoder"];

    /// <summary>Height and width that the network sees, in pixels.</summary>
    public int Size { get; init; } = ShapesSize;

    /// <summary>The first so many classes; null for all.</summary>
    public int? Classes { get; init; }

    /// <summary>How training images are varied.</summary>
    public AugmentConfig Augment { get; init; } = new();

    /// <summary>
    /// Of the fixed order that images are mixed into before parts of them are taken, and of the shapes; not of crops, which follow
    /// the run's seed.
    /// </summary>
    public ulong MixSeed { get; init; } = 1;

    /// <summary>How colours are scaled; null to measure the training data.</summary>
    public ChannelScaling? Scaling { get; init; }

    /// <summary>Image files of more pixels count as damaged ones.</summary>
    public int MaxPixels { get; init; } = UsualPixels;

    /// <summary>What reads JPEG files.</summary>
    public DecoderChoice Decoder { get; init; }

    public override string Type => Word;

    public override Shape Shape => new(Frame.Height, Frame.Width, Frame.Channels);

    /// <summary>What the network sees; the square of <see cref="Size"/> in colour, but for models that take something else.</summary>
    public ImageFrame Frame
    {
        get => field ?? new ImageFrame(Size, Size, 3);
        init;
    }

    public override int? ClassCount => Classes ?? (Source == Shapes ? ShapesClasses : null);

    public override int? CountClasses() =>
        ClassCount ?? (File.Exists(Source) || Directory.Exists(Source) ? ImageData.CountClasses(Source) : null);

    public override bool InputsAreShares => Scaling == ChannelScaling.Unit && Augment.Distortion == 0;

    public override string Reading => Frame.ToString();

    internal static ImageDataConfig ReadOwn(JsonFields f)
    {
        RefuseFieldsOf(PixelDataConfig.Word, f, "encoding");
        string source = f.FileName("source", Shapes);
        if (source is Digits or Mnist or Fashion)
        {
            throw new ConfigurationException(
                $"{f.PathOf("source")}: '{source}' are grey pixels, not colour images; leave out \"type\": \"{Word}\"."
            );
        }

        bool shapes = source == Shapes;
        int size = (int)f.Integer("size", shapes ? ShapesSize : null, 1, 4096);
        int mostClasses = shapes ? ShapesAndTextures.MaxClasses : MaxClasses;
        return new ImageDataConfig
        {
            Source = source,
            Size = size,
            Classes = f.Has("classes") ? (int)f.Integer("classes", null, 2, mostClasses) : null,
            Augment = f.Has("augment") ? AugmentConfig.Read(f.Object("augment"), size) : new AugmentConfig(),
            MixSeed = (ulong)f.Integer("mixSeed", 1, 0),
            Scaling = f.Has("scaling") ? ScalingJson.Read(f.Object("scaling")) : null,
            MaxPixels = (int)f.Integer("maxPixels", UsualPixels, 1, MaxPixelsLimit),
            Decoder = f.Choice("decoder", Decoders, DecoderChoice.Fastest),
        };
    }

    private protected override void WriteOwn(Utf8JsonWriter writer)
    {
        writer.WriteNumber("size", Size);
        if (Classes is { } classes)
            writer.WriteNumber("classes", classes);
        writer.WriteStartObject("augment");
        Augment.Write(writer);
        writer.WriteEndObject();
        writer.WriteNumber("mixSeed", MixSeed);
        if (Scaling is { } scaling)
        {
            writer.WriteStartObject("scaling");
            ScalingJson.Write(writer, scaling);
            writer.WriteEndObject();
        }

        if (MaxPixels != UsualPixels)
            writer.WriteNumber("maxPixels", MaxPixels);
        if (Decoder != DecoderChoice.Fastest)
            writer.WriteString("decoder", Decoders.Single(pair => pair.Value == Decoder).Key);
    }
}
