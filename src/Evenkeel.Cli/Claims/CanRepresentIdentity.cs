using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>Gamma at the deviation of its input and beta at the mean.</summary>
internal sealed class CanRepresentIdentity() : Claim(18)
{
    private const int Channels = 50;
    private const int Batch = 64;

    // Three roundings to float32 of values a few deviations wide.
    private const double Bound = 1e-5;

    public override string Statement => "Batch normalisation can represent the identity.";

    public override string Source => "section 3";

    public override string Rule =>
        "Holds if, with gamma = sqrt(variance + epsilon) and beta = mean, output and input differ by less than 1e-5 of the input's largest value, for inputs of all scales.";

    public override Finding Measure(ClaimSetting setting)
    {
        double[] scales = [1e-3, 0.1, 1, 10, 1e3];
        double[] off = [.. scales.Select(scale => Off(scale, setting.Seed))];
        return new Finding(
            off.Max() < Bound ? Verdict.Holds : Verdict.DoesNotHold,
            $"Output and input differ by at most {Text(off.Max())} of the input's largest value."
        )
        {
            Scale = $"{Channels} channels, batches of {Batch} random values of five scales, training mode.",
            Tables =
            [
                Table(
                    "Largest difference, relative to the largest input",
                    ["Deviation of the input", "Difference"],
                    scales.Zip(off, (s, o) => (IReadOnlyList<string>)[Text(s), Text(o)])
                ),
            ],
        };
    }

    private static double Off(double scale, ulong seed)
    {
        Graph graph = Network.Input(Channels).BatchNorm().Build();
        using Model model = Model.Create(graph, seed);
        using var device = Device.Cpu(1);
        using var executor = new Executor(model, new PlanOptions(PlanMode.BatchStatistics, Batch), device);
        var random = new Random((int)(seed % int.MaxValue));
        float[] x =
        [
            .. Enumerable.Range(0, Batch * Channels).Select(_ => (float)(scale * ((2 * random.NextDouble()) + 1))),
        ];
        executor.Forward(x);
        for (int c = 0; c < Channels; c++)
        {
            model.Floats("batchnorm1.weight")[c] = (float)
                Math.Sqrt(executor.BatchVariance("batchnorm1")[c] + BatchNormConvention.Default.Epsilon);
            model.Floats("batchnorm1.bias")[c] = (float)executor.BatchMean("batchnorm1")[c];
        }

        executor.Forward(x);
        double worst = 0;
        for (int i = 0; i < x.Length; i++)
            worst = Math.Max(worst, Math.Abs(executor.Output[i] - x[i]));
        return worst / x.Max(Math.Abs);
    }
}
