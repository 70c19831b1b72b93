namespace Evenkeel.Cli.Experiments.Gradients;

/// <summary>How the loss behaves along its gradient, over steps of several sizes from one point (Santurkar et al. 2018).</summary>
/// <param name="Step">Training steps done.</param>
/// <param name="Loss">The loss at the point.</param>
/// <param name="LossRange">The largest loss on the way, less the smallest.</param>
/// <param name="GradientChange">The largest distance of a gradient on the way from that at the point, over the norm of that one.</param>
/// <param name="Smoothness">Largest change of the gradient, over the distance gone: the effective beta of beta-smoothness.</param>
internal sealed record LossSmoothness(
    long Step,
    double Loss,
    double LossRange,
    double GradientChange,
    double Smoothness
);
