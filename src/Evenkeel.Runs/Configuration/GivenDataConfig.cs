using System.Globalization;
using System.Text.Json;
using Evenkeel.Configuration;
using Evenkeel.Training;

namespace Evenkeel.Runs.Configuration;

/// <summary>Data that the program hands over: a configuration knows its shape, and a run a hash of it, by which it is the same when the run goes on.</summary>
internal sealed record GivenDataConfig : DataConfig
{
    public const string Word = "given";

    private readonly Shape _shape;
    private readonly int _classes;

    private GivenDataConfig(string name, Shape shape, int classes)
        : base(name) => (_shape, _classes) = (shape, classes);

    /// <summary>The data sets; null where a configuration only knows of them.</summary>
    public (IDataset Train, IDataset Test)? Parts { get; private init; }

    /// <summary>Of the training data's size and shape and of some examples; null where no program has given it yet.</summary>
    public string? TrainHash { get; private init; }

    /// <summary>The same of the test data.</summary>
    public string? TestHash { get; private init; }

    public override string Type => Word;

    public override Shape Shape => _shape;

    public override int? ClassCount => _classes > 0 ? _classes : null;

    public override int? CountClasses() => ClassCount;

    public override bool? HasLabels => Targets == TargetKind.Inputs ? false : null;

    // Nothing is known of them.
    public override bool InputsAreShares => true;

    public override string Reading => "given by a program";

    /// <summary>The data of a program, of which a configuration takes its parts.</summary>
    public static GivenDataConfig Of(IDataset train, IDataset test, DataConfig parts) =>
        new(train.Name, new Shape([.. train.Shape]), train.Classes)
        {
            Parts = (train, test),
            TrainHash = HashOf(train),
            TestHash = HashOf(test),
            Targets = parts.Targets,
            Validation = parts.Validation,
            TrainCount = parts.TrainCount,
            TestCount = parts.TestCount,
        };

    /// <summary>The data sets.</summary>
    /// <exception cref="ConfigurationException">No program has given them.</exception>
    public (IDataset Train, IDataset Test) Require() =>
        Parts
        ?? throw new ConfigurationException(
            $"data: '{Source}' is data that a program gives; give it to the run in that program, or name other data by data.type and data.source."
        );

    public override DataConfig RelativeTo(string folder) => this;

    internal static GivenDataConfig ReadOwn(JsonFields f) =>
        new(f.Text("source", "given data"), MappingJson.ReadShape(f), (int)f.Integer("classes", 0, 0, MaxClasses))
        {
            TrainHash = f.Has("train") ? f.Text("train") : null,
            TestHash = f.Has("test") ? f.Text("test") : null,
        };

    private protected override void WriteOwn(Utf8JsonWriter writer)
    {
        MappingJson.WriteNumbers(writer, "shape", _shape.Dimensions);
        writer.WriteNumber("classes", _classes);
        if (TrainHash is { } train)
            writer.WriteString("train", train);
        if (TestHash is { } test)
            writer.WriteString("test", test);
    }

    private static string HashOf(IDataset data) =>
        RankAgreement.HashOf(data).ToString("x16", CultureInfo.InvariantCulture);
}
