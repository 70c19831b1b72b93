namespace Evenkeel.Runs.Scoring;

/// <summary>How well a model does, by the one figure that fits the run's loss. The best checkpoint, patience and the report go by it.</summary>
public sealed record Score
{
    internal Score(ScoreKind kind, double value) => (Kind, Value) = (kind, value);

    /// <summary>
    /// What it is: <c>accuracy</c> of class labels, <c>label accuracy</c> of several labels at once, <c>root mean squared error</c> or
    /// <c>mean absolute error</c> of float targets, <c>custom loss</c> of a loss of the program's own.
    /// </summary>
    public string Name => Kind.Name;

    /// <summary>A share in [0, 1], or an error, 0 or more; NaN where outputs are no numbers.</summary>
    public double Value { get; }

    /// <summary>Whether more is better, as of shares; of errors less is.</summary>
    public bool MoreIsBetter => Kind.IsShare;

    /// <summary>The value for people, such as <c>97.12%</c> or <c>0.1234</c>.</summary>
    public string Text => Kind.Text(Value);

    /// <summary>Which figure it is.</summary>
    internal ScoreKind Kind { get; }

    /// <summary>Name and value for people.</summary>
    public override string ToString() => $"{Name} {Text}";

    /// <summary>Whether it is better than another of its kind; anything is better than none, and NaN is the worst.</summary>
    internal bool IsBetterThan(Score? other) => other is null || Rank.CompareTo(other.Rank) > 0;

    // NaN comes first in the order of CompareTo, below everything.
    private double Rank => MoreIsBetter ? Value : -Value;
}
