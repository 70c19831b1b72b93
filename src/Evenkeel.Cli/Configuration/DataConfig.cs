using System.Text.Json;
using Evenkeel.Configuration;

namespace Evenkeel.Cli.Configuration;

/// <summary>Which data, and how its pixels are read.</summary>
internal sealed record DataConfig
{
    public const string Digits = "digits";
    public const string Mnist = "mnist";
    public const string Fashion = "fashion";

    /// <summary>Metadata of checkpoints: the data of the training, on which a model is evaluated unless said otherwise.</summary>
    public const string Note = "run.data";

    private static readonly string[] Encodings = ["binary", "unit", "standardized"];

    /// <summary>digits, mnist, fashion or a folder of MNIST's four files.</summary>
    public string Source { get; init; } = Digits;

    /// <summary>binary, unit or standardized.</summary>
    public string Encoding { get; init; } = "binary";

    /// <summary>Training examples held out for validation; 0 validates on the test data.</summary>
    public int Validation { get; init; }

    /// <summary>Training examples to use, the first ones; null for all.</summary>
    public int? TrainCount { get; init; }

    /// <summary>Test examples to use, the first ones; null for all.</summary>
    public int? TestCount { get; init; }

    public static DataConfig Read(JsonFields f)
    {
        string source = f.Text("source", Digits);
        var config = new DataConfig
        {
            Source =
                source.Length > 0 ? source : throw new ConfigurationException($"{f.PathOf("source")}: it is empty."),
            Encoding = RequireEncoding(f.Text("encoding", "binary"), f.PathOf("encoding")),
            Validation = (int)f.Integer("validation", 0, 0, int.MaxValue),
            TrainCount = f.Has("trainCount") ? (int)f.Integer("trainCount", null, 1, 2_000_000) : null,
            TestCount = f.Has("testCount") ? (int)f.Integer("testCount", null, 1, 2_000_000) : null,
        };
        f.RequireNoOthers();
        return config;
    }

    /// <summary>A folder made absolute; names stay.</summary>
    public DataConfig RelativeTo(string folder) =>
        IsName(Source) ? this : this with { Source = Path.GetFullPath(Source, folder) };

    /// <summary>A source given on the command line, where folders are relative to the current one.</summary>
    public static string FromCommandLine(string source) =>
        IsName(source) || source.Length == 0 ? source : Path.GetFullPath(source);

    /// <summary>The configuration as one line of JSON.</summary>
    public string ToText()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            Write(writer);
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Reads what <see cref="ToText"/> wrote.</summary>
    public static DataConfig Parse(string json, string name) => ConfigText.Parse(json, name, "").Read(Read);

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteString("source", Source);
        writer.WriteString("encoding", Encoding);
        writer.WriteNumber("validation", Validation);
        if (TrainCount is { } train)
            writer.WriteNumber("trainCount", train);
        if (TestCount is { } test)
            writer.WriteNumber("testCount", test);
    }

    private static bool IsName(string source) => source is Digits or Mnist or Fashion;

    /// <summary>The encoding if there is one of the name.</summary>
    public static string RequireEncoding(string encoding, string where) =>
        Encodings.Contains(encoding)
            ? encoding
            : throw new ConfigurationException($"{where}: '{encoding}' is not one of {string.Join(", ", Encodings)}.");
}
