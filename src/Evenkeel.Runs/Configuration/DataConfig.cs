using System.Text.Json;
using Evenkeel.Configuration;
using Evenkeel.Runs.Text;

namespace Evenkeel.Runs.Configuration;

/// <summary>Which data, and how it is read. The field <c>type</c> says which of the three kinds it is; each knows its own fields only.</summary>
internal abstract record DataConfig
{
    public const string Digits = "digits";
    public const string Mnist = "mnist";
    public const string Fashion = "fashion";
    public const string Shapes = "shapes";

    /// <summary>Metadata of checkpoints: the data of the training, on which a model is evaluated unless said otherwise.</summary>
    public const string Note = "run.data";

    /// <summary>The most examples that a part of the data may be asked to have.</summary>
    public const int MaxExamples = 2_000_000;

    /// <summary>The most classes that data may be said to have.</summary>
    private protected const int MaxClasses = 100_000;

    /// <summary>The targets that all data has.</summary>
    private protected static readonly Dictionary<string, TargetKind> Usual = new()
    {
        ["labels"] = TargetKind.Labels,
        ["inputs"] = TargetKind.Inputs,
    };

    private protected DataConfig(string source) => Source = source;

    /// <summary>A name of built-in or published data, or a path.</summary>
    public string Source { get; init; }

    /// <summary>Where the test examples come from.</summary>
    public virtual string TestSource => Source;

    /// <summary>Training examples held out for validation; 0 validates on the test data.</summary>
    public int Validation { get; init; }

    /// <summary>Training examples to use, the first ones; null for all.</summary>
    public int? TrainCount { get; init; }

    /// <summary>Test examples to use, the first ones; null for all.</summary>
    public int? TestCount { get; init; }

    /// <summary>What outputs are held against.</summary>
    public TargetKind Targets { get; init; }

    /// <summary>The word of the field <c>targets</c>.</summary>
    public string TargetWord => KnownTargets.First(pair => pair.Value == Targets).Key;

    /// <summary>The targets that there are, by the word of the field.</summary>
    public virtual IReadOnlyDictionary<string, TargetKind> KnownTargets => Usual;

    /// <summary>The word of the field <c>type</c>.</summary>
    public abstract string Type { get; }

    /// <summary>Shape of an example, known before the data is loaded.</summary>
    public abstract Shape Shape { get; }

    /// <summary>Number of classes where the configuration settles it.</summary>
    public abstract int? ClassCount { get; }

    /// <summary>Number of classes, counted in the data where the configuration does not settle it; null if the data is not there.</summary>
    /// <exception cref="Data.DataFormatException">The data is not laid out as expected.</exception>
    public abstract int? CountClasses();

    /// <summary>Names of the classes by label, where the source alone settles them.</summary>
    public virtual IReadOnlyList<string> ClassNames => [];

    /// <summary>Whether the targets are class labels; null where only the data itself says so.</summary>
    public virtual bool? HasLabels => Targets == TargetKind.Labels;

    /// <summary>Whether all values of an example lie in [0, 1].</summary>
    public abstract bool InputsAreShares { get; }

    /// <summary>How examples are read, in two or three words for people.</summary>
    public abstract string Reading { get; }

    /// <summary>Reads either kind.</summary>
    /// <exception cref="ConfigurationException">A field is unknown, belongs to the other kind, or is out of range.</exception>
    public static DataConfig Read(JsonFields f)
    {
        string type = f.Text("type", PixelDataConfig.Word);
        DataConfig config = type switch
        {
            PixelDataConfig.Word => PixelDataConfig.ReadOwn(f),
            ImageDataConfig.Word => ImageDataConfig.ReadOwn(f),
            ArrayDataConfig.Word => ArrayDataConfig.ReadOwn(f),
            GivenDataConfig.Word => GivenDataConfig.ReadOwn(f),
            _ => throw new ConfigurationException(
                $"{f.PathOf("type")}: '{type}' is not one of {PixelDataConfig.Word}, {ImageDataConfig.Word}, {ArrayDataConfig.Word}, {GivenDataConfig.Word}."
            ),
        };
        config = config with
        {
            Targets = f.Choice("targets", config.KnownTargets, TargetKind.Labels),
            Validation = (int)f.Integer("validation", 0, 0, int.MaxValue),
            TrainCount = f.Has("trainCount") ? (int)f.Integer("trainCount", null, 1, MaxExamples) : null,
            TestCount = f.Has("testCount") ? (int)f.Integer("testCount", null, 1, MaxExamples) : null,
        };
        f.RequireNoOthers();
        return config;
    }

    /// <summary>Examples with the targets that are asked for.</summary>
    public IDataset Aim(IDataset data) => Targets == TargetKind.Inputs ? data.AsAutoencoder() : data;

    /// <summary>A path made absolute; names stay.</summary>
    public virtual DataConfig RelativeTo(string folder) =>
        IsName(Source) ? this : this with { Source = Path.GetFullPath(Source, folder) };

    /// <summary>A source given on the command line, where paths are relative to the current folder.</summary>
    public static string FromCommandLine(string source) =>
        IsName(source) || source.Length == 0 ? source : Path.GetFullPath(source);

    /// <summary>The whole of another source, read the same way.</summary>
    public DataConfig Of(string source) =>
        this with
        {
            Source = source,
            Validation = 0,
            TrainCount = null,
            TestCount = null,
        };

    /// <summary>The configuration as one line of JSON.</summary>
    public string ToText() => System.Text.Encoding.UTF8.GetString(JsonWriting.Object(Write));

    /// <summary>Reads what <see cref="ToText"/> wrote.</summary>
    public static DataConfig Parse(string json, string name) => ConfigText.Parse(json, name, "").Read(Read);

    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteString("type", Type);
        writer.WriteString("source", Source);
        WriteOwn(writer);
        if (Targets != TargetKind.Labels)
            writer.WriteString("targets", TargetWord);
        writer.WriteNumber("validation", Validation);
        if (TrainCount is { } train)
            writer.WriteNumber("trainCount", train);
        if (TestCount is { } test)
            writer.WriteNumber("testCount", test);
    }

    /// <summary>Writes the fields that only this kind has.</summary>
    private protected abstract void WriteOwn(Utf8JsonWriter writer);

    /// <summary>Refuses fields that only the other kind of data has.</summary>
    private protected static void RefuseFieldsOf(string other, JsonFields f, params ReadOnlySpan<string> fields)
    {
        foreach (string field in fields)
        {
            if (f.Contains(field))
                throw new ConfigurationException(
                    $"{f.PathOf(field)}: this field is for \"type\": \"{other}\"; set the type, or leave the field out."
                );
        }
    }

    /// <summary>Whether a source is a name, not a path.</summary>
    public static bool IsName(string source) => source is Digits or Mnist or Fashion or Shapes;
}
