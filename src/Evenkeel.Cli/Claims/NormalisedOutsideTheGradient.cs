using Evenkeel.Cli.Claims.Measuring;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>
/// The example of section 2: x = u + b, xhat = x - E[x], and gradient descent on b that takes E[x] for a constant, beside one that does not.
/// </summary>
internal sealed class NormalisedOutsideTheGradient() : Claim(17)
{
    private const double Rate = 0.1;
    private const int Examples = 100;

    // Points of a line.
    private const int Points = 100;

    // Of the loss at the start.
    private const double Constant = 1e-9;

    public override string Statement =>
        "Where the gradient does not know of the normalisation, a bias grows without end while the loss stays the same.";

    public override string Source => "section 2";

    public override string Rule =>
        "Holds if the bias grows in proportion to the steps while the loss stays the same, and stays where it is with the full gradient.";

    public override Finding Measure(ClaimSetting setting)
    {
        int steps = setting.Of(1_000, 100_000);
        Course naive = Descend(steps, setting.Seed, _ => 0),
            full = Descend(steps, setting.Seed, gradients => gradients.Average());
        double half = naive.Bias[Points / 2],
            end = naive.Bias[^1];
        bool grows = Math.Abs(end) > 1 && Math.Abs((end / half) - 2) < 0.01,
            constant = Math.Abs(naive.Loss[^1] - naive.Loss[0]) <= Constant * naive.Loss[0],
            stays = Math.Abs(full.Bias[^1]) < Constant;
        double[] x = [.. Enumerable.Range(0, Points + 1).Select(i => (double)i * steps / Points)];
        return new Finding(
            grows && constant && stays ? Verdict.Holds
                : grows ? Verdict.HoldsInPart
                : Verdict.DoesNotHold,
            $"After {steps:N0} steps the bias is {Text(end)} and the loss has changed by {Text(naive.Loss[^1] - naive.Loss[0])}. With the gradient through "
                + $"the mean the bias is {Text(full.Bias[^1])}."
        )
        {
            Scale =
                $"One value, {Examples} examples, squared error against targets of another mean, rate {Text(Rate)}, in double.",
            Figures =
            [
                Figure(
                    "The bias over training",
                    Axis("Step"),
                    Axis("Bias"),
                    Line("mean outside the gradient", x, naive.Bias),
                    Line("mean inside the gradient", x, full.Bias)
                ),
                Figure(
                    "The loss over training",
                    Axis("Step"),
                    new Reporting.Charts.AxisSpec { Label = "Loss", Minimum = 0 },
                    Line("mean outside the gradient", x, naive.Loss),
                    Line("mean inside the gradient", x, full.Loss)
                ),
            ],
        };
    }

    // The part of the gradient that goes through the mean is taken off each example's own.
    private static Course Descend(int steps, ulong seed, Func<double[], double> throughMean)
    {
        var random = new Random((int)(seed % int.MaxValue));
        double[] u = [.. Enumerable.Range(0, Examples).Select(_ => random.NextDouble())],
            target = [.. Enumerable.Range(0, Examples).Select(_ => 1 + random.NextDouble())];
        double bias = 0;
        var course = new Course([], []);
        for (int step = 0; ; step++)
        {
            double mean = u.Average() + bias;
            double[] errors = [.. u.Zip(target, (v, t) => v + bias - mean - t)];
            if (step % (steps / Points) == 0)
            {
                course.Bias.Add(bias);
                course.Loss.Add(errors.Average(e => e * e) / 2);
            }

            if (step == steps)
                return course;
            double through = throughMean(errors);
            bias -= Rate * errors.Average(e => e - through);
        }
    }

    private sealed record Course(List<double> Bias, List<double> Loss);
}
