using System.Text.Json;
using Evenkeel.Configuration;
using Evenkeel.Data.Mnist;

namespace Evenkeel.Runs.Configuration;

/// <summary>MNIST and its like: 28 x 28 grey values as one vector, ten classes.</summary>
internal sealed record PixelDataConfig : DataConfig
{
    public const string Word = "pixels";

    /// <summary>Values of an example.</summary>
    public const int Pixels = 28 * 28;

    /// <summary>The encoding of mean 0 and deviation 1.</summary>
    public const string Standardized = "standardized";

    private static readonly Dictionary<string, string> Encodings = (
        (string[])["binary", "unit", Standardized, "inverted", "faded"]
    ).ToDictionary(word => word);

    public PixelDataConfig()
        : base(Digits) { }

    /// <summary>binary, unit, standardized, inverted or faded.</summary>
    public string Encoding { get; init; } = "binary";

    public override string Type => Word;

    public override Shape Shape => new(Pixels);

    public override int? ClassCount => MnistVariant.Classes;

    public override int? CountClasses() => ClassCount;

    public override IReadOnlyList<string> ClassNames =>
        Source switch
        {
            Digits or Mnist => MnistVariant.Mnist.ClassNames,
            Fashion => MnistVariant.FashionMnist.ClassNames,
            // Four files of a folder hold labels alone.
            _ => [],
        };

    public override bool InputsAreShares => Encoding != Standardized;

    public override string Reading => $"{Encoding} pixels";

    internal static PixelDataConfig ReadOwn(JsonFields f)
    {
        RefuseFieldsOf(ImageDataConfig.Word, f, ImageDataConfig.OwnFields);
        string source = f.FileName("source", Digits);
        if (source == Shapes)
        {
            throw new ConfigurationException(
                $"{f.PathOf("source")}: '{Shapes}' are colour images; add \"type\": \"{ImageDataConfig.Word}\"."
            );
        }

        return new PixelDataConfig { Source = source, Encoding = f.Choice("encoding", Encodings, "binary") };
    }

    /// <summary>The encoding if there is one of the name.</summary>
    public static string RequireEncoding(string encoding, string where) =>
        Encodings.ContainsKey(encoding)
            ? encoding
            : throw new ConfigurationException(
                $"{where}: '{encoding}' is not one of {string.Join(", ", Encodings.Keys)}."
            );

    private protected override void WriteOwn(Utf8JsonWriter writer) => writer.WriteString("encoding", Encoding);
}
