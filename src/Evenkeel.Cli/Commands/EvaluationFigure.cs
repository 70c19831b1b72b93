using static System.FormattableString;

namespace Evenkeel.Cli.Commands;

/// <summary>A figure of an evaluation on float targets.</summary>
/// <param name="Key">What JSON calls it.</param>
/// <param name="Text">Name and value for people.</param>
/// <param name="Value">Its value.</param>
internal sealed record EvaluationFigure(string Key, string Text, double Value)
{
    /// <summary>The figures that an evaluation has: errors, or how many of several labels are right; the one it is scored by first.</summary>
    public static IReadOnlyList<EvaluationFigure> Of(Evaluation evaluation) =>
        evaluation switch
        {
            { Labels: { } labels } =>
            [
                Share("labelAccuracy", "label accuracy", labels.Each),
                Share("allLabelsAccuracy", "all labels of an example right", labels.All),
                Number("f1", "F1", labels.F1),
            ],
            { Errors: { } errors } =>
            [
                Number("rootMeanSquaredError", "root mean squared error", errors.RootMeanSquared),
                Number("meanAbsoluteError", "mean absolute error", errors.MeanAbsolute),
                Number("rSquared", "R squared", errors.RSquared),
            ],
            _ => [],
        };

    private static EvaluationFigure Share(string key, string name, double value) =>
        new(key, Invariant($"{name} {100 * value:F2}%"), value);

    private static EvaluationFigure Number(string key, string name, double value) =>
        new(key, Invariant($"{name} {value:G4}"), value);
}
