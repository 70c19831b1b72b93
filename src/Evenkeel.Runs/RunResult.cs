using System.Text.Json;
using System.Text.Json.Nodes;
using Evenkeel.Runs.Scoring;
using Evenkeel.Runs.Text;

namespace Evenkeel.Runs;

/// <summary>What came out of a run.</summary>
public sealed record RunResult
{
    private const string Best = "best";
    private const string Test = "test";
    private const string BestTest = "bestTest";

    /// <summary>Steps done in all.</summary>
    public required long Steps { get; init; }

    /// <summary>Score of the last model on the validation data.</summary>
    public required Score Score { get; init; }

    /// <summary>Validation loss of the last model.</summary>
    public required double ValidationLoss { get; init; }

    /// <summary>Score of the best model on the validation data.</summary>
    public required Score BestScore { get; init; }

    /// <summary>The step it was reached at.</summary>
    public required long BestStep { get; init; }

    /// <summary>Score of the last model on the test data; null if the test data was the validation data.</summary>
    public Score? TestScore { get; init; }

    /// <summary>Score of the best model over the same examples; null if the test data was the validation data.</summary>
    public Score? BestTestScore { get; init; }

    /// <summary>Seconds spent in training steps, those before a stop included.</summary>
    public required double Seconds { get; init; }

    /// <summary>Batches left out because their loss was not finite.</summary>
    public required long SkippedBatches { get; init; }

    /// <summary>Whether the score was followed on examples held out, and the test data judged once.</summary>
    public bool HasTest => TestScore is not null;

    /// <summary>The two states that are kept, with the scores of each.</summary>
    internal IReadOnlyList<(string Name, long Step, Score Score, Score? TestScore)> Models =>
        [("last", Steps, Score, TestScore), ("best", BestStep, BestScore, BestTestScore)];

    /// <summary>Training steps per second.</summary>
    public double StepsPerSecond => Seconds > 0 ? Steps / Seconds : 0;

    /// <summary>The values as fields of an object.</summary>
    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteNumber("steps", Steps);
        writer.WriteFinite(Score.Kind.Key, Score.Value);
        writer.WriteFinite("validationLoss", ValidationLoss);
        writer.WriteFinite(Score.Kind.KeyOf(Best), BestScore.Value);
        writer.WriteNumber("bestStep", BestStep);
        if (TestScore is { } test)
            writer.WriteFinite(Score.Kind.KeyOf(Test), test.Value);
        if (BestTestScore is { } best)
            writer.WriteFinite(Score.Kind.KeyOf(BestTest), best.Value);
        writer.WriteNumber("seconds", Seconds);
        writer.WriteNumber("stepsPerSecond", StepsPerSecond);
        writer.WriteNumber("skippedBatches", SkippedBatches);
    }

    /// <summary>The values as an object.</summary>
    internal JsonObject ToJson() => (JsonObject)JsonNode.Parse(JsonWriting.Object(Write))!;

    /// <summary>Reads what <see cref="ToJson"/> made, of a run with such scores.</summary>
    internal static RunResult FromJson(JsonObject json, ScoreKind scored)
    {
        return new()
        {
            Steps = json["steps"]!.GetValue<long>(),
            Score = ScoreAt(scored.Key),
            ValidationLoss = Finite(json["validationLoss"]),
            BestScore = ScoreAt(scored.KeyOf(Best)),
            BestStep = json["bestStep"]!.GetValue<long>(),
            TestScore = ScoreIfAt(scored.KeyOf(Test)),
            BestTestScore = ScoreIfAt(scored.KeyOf(BestTest)),
            Seconds = json["seconds"]!.GetValue<double>(),
            SkippedBatches = json["skippedBatches"]!.GetValue<long>(),
        };

        Score ScoreAt(string key) => new(scored, Finite(json[key]));
        Score? ScoreIfAt(string key) => json.ContainsKey(key) ? ScoreAt(key) : null;
    }

    private static double Finite(JsonNode? number) => number?.GetValue<double>() ?? double.NaN;
}
