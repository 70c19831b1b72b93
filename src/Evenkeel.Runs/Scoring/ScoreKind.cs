using System.Globalization;

namespace Evenkeel.Runs.Scoring;

/// <summary>The figure that a run is scored by. It follows from the loss; nothing else of a run knows which one it is.</summary>
/// <param name="Key">What files call it.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Unit">What its values are.</param>
/// <param name="Loss">What people call the loss that it fits.</param>
/// <param name="IsShare">Whether it is a share in [0, 1], of which more is better; else it is an error, 0 or more, of which less is.</param>
/// <param name="Of">Takes it from an evaluation by that loss.</param>
internal sealed record ScoreKind(
    string Key,
    string Name,
    string Unit,
    string Loss,
    bool IsShare,
    Func<Evaluation, double> Of
)
{
    /// <summary>Share of examples whose most probable class is their label.</summary>
    public static ScoreKind Accuracy { get; } =
        new("accuracy", "accuracy", "share of correct predictions", "cross-entropy", IsShare: true, e => e.Accuracy);

    private static readonly ScoreKind MeanAbsoluteError = new(
        "meanAbsoluteError",
        "mean absolute error",
        "in units of the targets",
        "absolute error",
        IsShare: false,
        e => e.Errors!.Value.MeanAbsolute
    );

    private static readonly Dictionary<string, ScoreKind> ByLoss = new()
    {
        [new SoftmaxCrossEntropy().Kind] = Accuracy,
        [new BinaryCrossEntropy().Kind] = new(
            "labelAccuracy",
            "label accuracy",
            "share of correct labels",
            "binary cross-entropy",
            IsShare: true,
            e => e.Labels!.Value.Each
        ),
        [new MeanSquaredError().Kind] = new(
            "rootMeanSquaredError",
            "root mean squared error",
            "in units of the targets",
            "squared error",
            IsShare: false,
            e => e.Errors!.Value.RootMeanSquared
        ),
        [new MeanAbsoluteError().Kind] = MeanAbsoluteError,
        [new HuberLoss().Kind] = MeanAbsoluteError with { Loss = "Huber loss" },
        // What its targets mean is known to the program only.
        ["custom"] = new(
            "customLoss",
            "custom loss",
            "mean over the examples",
            "custom loss",
            IsShare: false,
            e => e.Loss
        ),
    };

    /// <summary>What people call it where a sentence or a title begins with it.</summary>
    public string Title => $"{char.ToUpperInvariant(Name[0])}{Name[1..]}";

    /// <summary>The figure that fits a loss of a configuration.</summary>
    /// <param name="loss">Its type, such as <c>meanSquaredError</c>; null in records that name none, whose data had class labels.</param>
    public static ScoreKind For(string? loss) => loss is null ? Accuracy : ByLoss[loss];

    /// <summary>What files call one of several, such as <c>bestAccuracy</c>.</summary>
    public string KeyOf(string which) => $"{which}{char.ToUpperInvariant(Key[0])}{Key[1..]}";

    /// <summary>A value for people.</summary>
    public string Text(double value) =>
        IsShare
            ? string.Create(CultureInfo.InvariantCulture, $"{100 * value:F2}%")
            : string.Create(CultureInfo.InvariantCulture, $"{value:G4}");

    /// <summary>The score of an evaluation.</summary>
    public Score ScoreOf(Evaluation evaluation) => new(this, Of(evaluation));
}
