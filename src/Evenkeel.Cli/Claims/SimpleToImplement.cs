using Evenkeel.Cli.Claims.Measuring;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using static Evenkeel.Cli.Claims.Measuring.ClaimCharts;

namespace Evenkeel.Cli.Claims;

/// <summary>The transform and its gradient written down once more, held to finite differences and to the engine.</summary>
internal sealed class SimpleToImplement() : Claim(4)
{
    private const double Epsilon = 1e-5;

    // Central differences of step 1e-5 in double lose about ten of sixteen digits.
    private const double DifferenceBound = 1e-6;

    // A few roundings of float32 in a sum over the batch.
    private const double EngineBound = 1e-4;

    public override string Statement => "Batch normalisation is simple to implement.";

    public override string Source => "Algorithm 1 and the gradient of section 3";

    public override string Rule =>
        "Holds if the transform and its gradient, written here in two methods of fewer than 30 lines, agree with finite differences to 1e-6 and with the "
        + "engine to 1e-4, for all sizes that are tried.";

    public override Finding Measure(ClaimSetting setting)
    {
        (int Rows, int Channels)[] sizes = [(2, 1), (3, 5), (16, 7), (60, 100), (129, 33)];
        var random = new Random((int)(setting.Seed % int.MaxValue));
        Row[] rows = [.. sizes.Select(size => Compare(size.Rows, size.Channels, random))];
        double differences = rows.Max(r => r.Differences),
            engine = rows.Max(r => r.Engine);
        return new Finding(
            differences < DifferenceBound && engine < EngineBound ? Verdict.Holds : Verdict.DoesNotHold,
            $"The gradient agrees with finite differences to {Text(differences)} and with the engine to {Text(engine)}, relative to the largest term."
        )
        {
            Scale = "Random batches of five sizes, in double.",
            Tables =
            [
                Table(
                    "Largest difference of the input's gradient, relative to its largest term",
                    ["Examples", "Channels", "to finite differences", "to the engine"],
                    rows.Select(r =>
                        (IReadOnlyList<string>)[Text(r.Rows), Text(r.Channels), Text(r.Differences), Text(r.Engine)]
                    )
                ),
            ],
        };
    }

    // Algorithm 1 for one channel with gamma 1 and beta 0.
    private static double[] Transform(double[] x)
    {
        double mean = x.Average(),
            deviation = Deviation(x);
        return [.. x.Select(v => (v - mean) / deviation)];
    }

    // The six equations of section 3, put together.
    private static double[] Gradient(double[] x, double[] dy)
    {
        double deviation = Deviation(x);
        double[] y = Transform(x);
        double meanOfDy = dy.Average(),
            meanOfProduct = dy.Zip(y, (g, v) => g * v).Average();
        return [.. dy.Zip(y, (g, v) => (g - meanOfDy - (v * meanOfProduct)) / deviation)];
    }

    private static double Deviation(double[] x)
    {
        double mean = x.Average();
        return Math.Sqrt(x.Average(v => (v - mean) * (v - mean)) + Epsilon);
    }

    private static Row Compare(int rows, int channels, Random random)
    {
        double[] x =
        [
            .. Enumerable.Range(0, rows * channels).Select(_ => (double)(float)((4 * random.NextDouble()) - 1)),
        ];
        double[] target = [.. x.Select(_ => (double)(float)random.NextDouble())];
        double[] dx = new double[x.Length];
        double differences = 0,
            largest = 0;
        // Of two examples the terms cancel all but wholly, so the bound is relative to the terms, not to their sum.
        for (int c = 0; c < channels; c++)
        {
            double[] column = Column(x, c, channels),
                wanted = Column(target, c, channels);
            double[] dy = [.. Transform(column).Zip(wanted, (y, t) => 2 * (y - t) / x.Length)];
            double[] gradient = Gradient(column, dy);
            for (int r = 0; r < rows; r++)
                dx[(r * channels) + c] = gradient[r];
            differences = Math.Max(differences, OffDifferences(column, wanted, gradient, x.Length));
            largest = Math.Max(largest, dy.Max(Math.Abs) / Deviation(column));
        }

        return new Row(rows, channels, differences / largest, OffEngine(rows, channels, x, target, dx) / largest);
    }

    private static double OffDifferences(double[] x, double[] target, double[] gradient, int count)
    {
        const double Step = 1e-5;
        return Enumerable
            .Range(0, x.Length)
            .Max(i => Math.Abs(((Loss(i, Step) - Loss(i, -Step)) / (2 * Step)) - gradient[i]));

        double Loss(int index, double change)
        {
            double[] moved = [.. x];
            moved[index] += change;
            return Transform(moved).Zip(target, (y, t) => (y - t) * (y - t)).Sum() / count;
        }
    }

    // The gradient that the engine passes on to the layer before: to a bias for each value of the batch, by a batch of one row after another.
    private static double OffEngine(int rows, int channels, double[] x, double[] target, double[] dx)
    {
        Graph graph = Network.Input(rows).Linear(channels, bias: false).BatchNorm().Build();
        using Model model = Model.Create(graph, 1);
        // Example r has a 1 in place r, so row r of the weights is row r of the batch, and its gradient is that of the batch.
        Span<float> weights = model.Floats("linear1.weight");
        for (int i = 0; i < x.Length; i++)
            weights[i] = (float)x[i];
        float[] inputs = new float[rows * rows];
        for (int r = 0; r < rows; r++)
            inputs[(r * rows) + r] = 1;
        var options = new PlanOptions(PlanMode.Training, rows) { Loss = new MeanSquaredError() };
        using var device = Device.Cpu(1);
        using var executor = new Executor(model, options, device);
        executor.ForwardBackward(inputs, (ReadOnlySpan<float>)[.. target.Select(t => (float)t)]);
        int first = (int)(model.Layout["linear1.weight"].ByteOffset / sizeof(float));
        double worst = 0;
        for (int i = 0; i < x.Length; i++)
            worst = Math.Max(worst, Math.Abs(executor.Gradients[first + i] - dx[i]));
        return worst;
    }

    private static double[] Column(double[] values, int channel, int channels) =>
        [.. Enumerable.Range(0, values.Length / channels).Select(r => values[(r * channels) + channel])];

    private sealed record Row(int Rows, int Channels, double Differences, double Engine);
}
