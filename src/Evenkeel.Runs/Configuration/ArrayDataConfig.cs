using System.Text.Json;
using Evenkeel.Configuration;

namespace Evenkeel.Runs.Configuration;

/// <summary>Arrays of NumPy's: a .npz file with examples to train on, and another with those to judge by.</summary>
internal sealed record ArrayDataConfig : DataConfig
{
    public const string Word = "arrays";

    private static readonly Dictionary<string, TargetKind> OwnTargets = new(Usual) { ["values"] = TargetKind.Values };

    private ArrayDataConfig(string source, string test)
        : base(source) => Test = test;

    /// <summary>The file of the test examples.</summary>
    public string Test { get; init; }

    public override string TestSource => Test;

    public override string Type => Word;

    public override Shape Shape
    {
        get
        {
            using ArrayExamples examples = ArrayExamples.Open(Source, "source");
            return examples.Shape;
        }
    }

    public override int? ClassCount => null;

    public override IReadOnlyDictionary<string, TargetKind> KnownTargets => OwnTargets;

    // Their values tell when they are read.
    public override bool InputsAreShares => true;

    public override string Reading => "arrays";

    public override int? CountClasses()
    {
        if (Targets != TargetKind.Labels || !File.Exists(Source))
            return null;
        using ArrayExamples examples = ArrayExamples.Open(Source, "source");
        return examples.Read(Targets).Classes;
    }

    public override DataConfig RelativeTo(string folder) =>
        this with
        {
            Source = Path.GetFullPath(Source, folder),
            Test = Path.GetFullPath(Test, folder),
        };

    /// <summary>Reads both files.</summary>
    /// <exception cref="ConfigurationException">One is not there, lacks an array, or holds examples of another shape than the other.</exception>
    /// <exception cref="Data.DataFormatException">One is damaged, or its arrays do not fit together.</exception>
    public (IDataset Train, IDataset Test) Load()
    {
        using ArrayExamples train = ArrayExamples.Open(Source, "source"),
            test = ArrayExamples.Open(Test, "test");
        return train.Shape == test.Shape
            ? (train.Read(Targets), test.Read(Targets))
            : throw new ConfigurationException(
                $"data.test: the examples of {Test} are {test.Shape}, but those of {Source} are {train.Shape}; give files of one shape."
            );
    }

    /// <summary>Reads the test examples; exceptions as for <see cref="Load"/>.</summary>
    public IDataset LoadTest()
    {
        using ArrayExamples test = ArrayExamples.Open(Test, "test");
        return test.Read(Targets);
    }

    internal static ArrayDataConfig ReadOwn(JsonFields f)
    {
        string source = f.FileName("source");
        if (IsName(source))
            throw new ConfigurationException(
                $"{f.PathOf("source")}: '{source}' is no file of arrays; name a .npz file, or leave out \"type\": \"{Word}\"."
            );
        return new ArrayDataConfig(source, f.FileName("test"));
    }

    private protected override void WriteOwn(Utf8JsonWriter writer) => writer.WriteString("test", Test);
}
