using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>The weights in front of a batch normalisation times a factor: what becomes of the loss and of their gradient.</summary>
internal sealed class ScaleOfWeights() : Claim(9)
{
    private const int Batch = 60;

    // Roundings of float32 in sums of 60 products and more.
    private const double Rounding = 1e-4;

    private static readonly double[] Factors = [0.001, 0.01, 0.1, 0.5, 1, 2, 10, 100];

    public override string Statement =>
        "The scale of the weights changes nothing of what a batch-normalised layer computes, and larger weights get smaller gradients.";

    public override string Source => "section 3.3";

    public override string Rule =>
        "With epsilon 0, holds if the loss stays the same and the gradient times the factor stays the same, both to float32's rounding, for all factors.";

    public override Finding Measure(ClaimSetting setting)
    {
        InMemorySplit data = setting.Pixels();
        Row[] exact = Rows(0, data, setting.Seed),
            usual = Rows(1e-5f, data, setting.Seed);
        double worst = exact.Max(r => Math.Max(r.Loss, r.Gradient)),
            usualWorst = usual.Where(r => r.Factor >= 0.1).Max(r => Math.Max(r.Loss, r.Gradient)),
            smallest = usual[0].Gradient;
        return new Finding(
            worst < Rounding ? Verdict.Holds : Verdict.DoesNotHold,
            $"With epsilon 0 loss and gradient change by at most {Text(worst)} for factors from 0.001 to 100. With epsilon 1e-5 they change by at most "
                + $"{Text(usualWorst)} for factors from 0.1 on; at 0.001 epsilon is no longer small beside the variance and the gradient is off by "
                + $"{Text(smallest)}."
        )
        {
            Scale = $"The first of three hidden layers of 100 sigmoids; one batch of {Batch} examples of {data.Name}.",
            Figures =
            [
                Figure(
                    "Change of gradient times factor",
                    LogAxis("Factor on the weights"),
                    LogAxis("Relative difference"),
                    Line("epsilon 0", Factors, exact.Select(r => Math.Max(r.Gradient, 1e-9))),
                    Line("epsilon 1e-5", Factors, usual.Select(r => Math.Max(r.Gradient, 1e-9)))
                ),
            ],
            Tables =
            [
                Table(
                    "Relative differences from factor 1",
                    [
                        "Factor",
                        "Loss, epsilon 0",
                        "Gradient, epsilon 0",
                        "Loss, epsilon 1e-5",
                        "Gradient, epsilon 1e-5",
                    ],
                    exact.Zip(
                        usual,
                        (e, u) =>
                            (IReadOnlyList<string>)
                                [Text(e.Factor), Text(e.Loss), Text(e.Gradient), Text(u.Loss), Text(u.Gradient)]
                    )
                ),
            ],
        };
    }

    private static Row[] Rows(float epsilon, InMemorySplit data, ulong seed)
    {
        // A pixel that is black in the whole batch has weights without effect; the units' variances are not 0.
        var convention = BatchNormConvention.Default with
        {
            Epsilon = epsilon,
        };
        Graph graph = ClaimNetworks.Dense(3, new Sigmoid(), n => n.BatchNorm(convention), new NormalInitializer(0.1));
        (double Loss, double[] Gradient) one = Step(graph, 1, data, seed);
        return
        [
            .. Factors.Select(factor =>
            {
                (double loss, double[] gradient) = Step(graph, factor, data, seed);
                return new Row(
                    factor,
                    Math.Abs(loss - one.Loss) / one.Loss,
                    Distance(gradient.Select(g => g * factor), one.Gradient)
                );
            }),
        ];
    }

    // Loss, and gradient of the first layer's weights, of one batch.
    private static (double Loss, double[] Gradient) Step(Graph graph, double factor, InMemorySplit data, ulong seed)
    {
        using Model model = Model.Create(graph, seed);
        foreach (ref float w in model.Floats("linear1.weight"))
            w *= (float)factor;
        using var device = Device.Cpu(1);
        using var trainer = new Trainer(
            model,
            data.Train,
            new TrainingOptions { BatchSize = Batch, Seed = seed },
            device
        );
        double loss = trainer.Step().Loss;
        int first = (int)(model.Layout["linear1.weight"].ByteOffset / sizeof(float)),
            count = model.Floats("linear1.weight").Length;
        double[] gradient = new double[count];
        for (int i = 0; i < count; i++)
            gradient[i] = trainer.Gradients[first + i];
        return (loss, gradient);
    }

    private static double Distance(IEnumerable<double> values, double[] others)
    {
        double squares = values.Zip(others, (a, b) => (a - b) * (a - b)).Sum(),
            norm = others.Sum(b => b * b);
        return Math.Sqrt(squares / norm);
    }

    private sealed record Row(double Factor, double Loss, double Gradient);
}
