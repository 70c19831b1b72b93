using System.Text.Json;
using System.Text.Json.Nodes;
using Evenkeel.Runs.Text;

namespace Evenkeel.Runs;

/// <summary>What came out of a run.</summary>
public sealed record RunResult
{
    /// <summary>Steps done in all.</summary>
    public required long Steps { get; init; }

    /// <summary>Validation accuracy of the last model, in [0, 1].</summary>
    public required double Accuracy { get; init; }

    /// <summary>Validation loss of the last model.</summary>
    public required double ValidationLoss { get; init; }

    /// <summary>Validation accuracy of the best model.</summary>
    public required double BestAccuracy { get; init; }

    /// <summary>The step it was reached at.</summary>
    public required long BestStep { get; init; }

    /// <summary>Test accuracy of the last model; null if the test data was the validation data.</summary>
    public double? TestAccuracy { get; init; }

    /// <summary>Test accuracy of the best model, over the same examples; null if the test data was the validation data.</summary>
    public double? BestTestAccuracy { get; init; }

    /// <summary>Seconds spent in training steps, those before a stop included.</summary>
    public required double Seconds { get; init; }

    /// <summary>Batches left out because their loss was not finite.</summary>
    public required long SkippedBatches { get; init; }

    /// <summary>Whether accuracy was followed on examples held out, and the test data judged once.</summary>
    public bool HasTest => TestAccuracy is not null;

    /// <summary>The two states that are kept, with the accuracies of each.</summary>
    internal IReadOnlyList<(string Name, long Step, double Accuracy, double? TestAccuracy)> Models =>
        [("last", Steps, Accuracy, TestAccuracy), ("best", BestStep, BestAccuracy, BestTestAccuracy)];

    /// <summary>Training steps per second.</summary>
    public double StepsPerSecond => Seconds > 0 ? Steps / Seconds : 0;

    /// <summary>The values as fields of an object.</summary>
    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteNumber("steps", Steps);
        writer.WriteNumber("accuracy", Accuracy);
        writer.WriteFinite("validationLoss", ValidationLoss);
        writer.WriteNumber("bestAccuracy", BestAccuracy);
        writer.WriteNumber("bestStep", BestStep);
        if (TestAccuracy is { } test)
            writer.WriteNumber("testAccuracy", test);
        if (BestTestAccuracy is { } best)
            writer.WriteNumber("bestTestAccuracy", best);
        writer.WriteNumber("seconds", Seconds);
        writer.WriteNumber("stepsPerSecond", StepsPerSecond);
        writer.WriteNumber("skippedBatches", SkippedBatches);
    }

    /// <summary>The values as an object.</summary>
    internal JsonObject ToJson() => (JsonObject)JsonNode.Parse(JsonWriting.Object(Write))!;

    /// <summary>Reads what <see cref="ToJson"/> made.</summary>
    internal static RunResult FromJson(JsonObject json) =>
        new()
        {
            Steps = json["steps"]!.GetValue<long>(),
            Accuracy = json["accuracy"]!.GetValue<double>(),
            ValidationLoss = json["validationLoss"]?.GetValue<double>() ?? double.NaN,
            BestAccuracy = json["bestAccuracy"]!.GetValue<double>(),
            BestStep = json["bestStep"]!.GetValue<long>(),
            TestAccuracy = json["testAccuracy"]?.GetValue<double>(),
            BestTestAccuracy = json["bestTestAccuracy"]?.GetValue<double>(),
            Seconds = json["seconds"]!.GetValue<double>(),
            SkippedBatches = json["skippedBatches"]!.GetValue<long>(),
        };
}
