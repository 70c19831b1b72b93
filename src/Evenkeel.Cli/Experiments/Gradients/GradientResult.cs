namespace Evenkeel.Cli.Experiments.Gradients;

/// <summary>What came out of one network.</summary>
/// <param name="Network">The network.</param>
/// <param name="Before">Before training.</param>
/// <param name="After">At the end, or where training could not go on.</param>
/// <param name="Smoothness">Before training and on the way.</param>
/// <param name="BestAccuracy">On the test examples.</param>
/// <param name="LastAccuracy">The last one.</param>
/// <param name="Diverged">Why training ended early; null where it did not.</param>
internal sealed record GradientResult(
    DeepNetwork Network,
    DepthProfile Before,
    DepthProfile After,
    IReadOnlyList<LossSmoothness> Smoothness,
    double BestAccuracy,
    double LastAccuracy,
    string? Diverged
);
