using Evenkeel.Execution;
using Evenkeel.Lowering;

namespace Evenkeel.Bench;

/// <summary>
/// A training step of a rank by the latency-bandwidth model: computing, exchanges that nothing goes on beside, and gradients, which move
/// while the backward pass goes on. All ranks are as fast, and every link is a rank's own.
/// </summary>
/// <param name="Computing">Seconds of a step without exchanges.</param>
/// <param name="Waiting">Seconds of exchanges that the next step of the plan waits for.</param>
/// <param name="Gradients">Seconds in which gradients are on their way.</param>
internal sealed record RankScaling(double Computing, double Waiting, double Gradients)
{
    // A backward pass has two products for each one of the forward pass.
    private const double BackwardShare = 2.0 / 3;

    /// <summary>Seconds of a step whose backward pass hides all of the gradients that it is long enough for.</summary>
    public double Least => Computing + Waiting + Math.Max(0, Gradients - (BackwardShare * Computing));

    /// <summary>Seconds of a step that hides nothing.</summary>
    public double Most => Computing + Waiting + Gradients;

    /// <summary>The step of a plan over a link.</summary>
    public static RankScaling Of(IReadOnlyList<ExchangeTraffic> traffic, Link link, double computing) =>
        new(
            computing,
            link.Time(traffic.Where(t => t.Kernel != nameof(ExchangeGradients))),
            link.Time(traffic.Where(t => t.Kernel == nameof(ExchangeGradients)))
        );
}
