using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Ranks;
using Evenkeel.Testing;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Tests.Training;

/// <summary>Every loss, on every device, number of slices, micro-batches and ranks.</summary>
public sealed class LossTests
{
    private const int Inputs = 7;
    private const int Outputs = 4;

    public static TheoryData<Loss> Losses =>
        [
            new SoftmaxCrossEntropy { LabelSmoothing = 0.1 },
            new SoftmaxCrossEntropy { ClassWeights = [1, 2, 0.25, 3] },
            new SoftmaxCrossEntropy { LabelSmoothing = 0.2, ClassWeights = [1, 2, 0.25, 3] },
            new MeanSquaredError(),
            new MeanAbsoluteError(),
            new HuberLoss(0.5),
            new BinaryCrossEntropy(),
            new CustomLoss("squares", OwnLosses.Squares),
            new CustomLoss("square of the sum", OwnLosses.SquareOfSum) { TargetLength = 1 },
            new CustomLoss("margin", OwnLosses.Margin, classes: 2),
            new CustomLoss("parts", OwnLosses.Parts, classes: 3) { TargetLength = 5 },
        ];

    [Theory]
    [MemberData(nameof(Losses), DisableDiscoveryEnumeration = true)]
    public void Gradients_are_the_slopes_of_the_loss(Loss loss)
    {
        // Not a normalised one: its slopes need not be differences of single parameters.
        using Model model = Model.Create(Network.Input(Inputs).Linear(6).Tanh().Linear(Outputs).Build(), 1);
        using var device = Device.Cpu(2);
        using var executor = new Executor(model, new PlanOptions(PlanMode.Training, 12) { Loss = loss }, device);
        float[] parameters = [.. model.Trainable];
        (float[] inputs, int[] labels, float[] values) = Batch(12, loss);
        // Away from the corner of |x|.
        if (loss is MeanAbsoluteError)
            values = Array.ConvertAll(values, v => v > 0.5f ? v + 3 : v - 3);
        Forward();
        float[] gradients = [.. executor.Gradients];
        for (int i = 0; i < gradients.Length; i += 3)
        {
            const float h = 1f / 64;
            double slope = (At(i, h) - At(i, -h)) / (2 * h);
            // Differences of means of float losses: 1e-7 over h, and h^2 of third derivatives.
            Assert.Equal(slope, gradients[i], 5e-4);
        }

        double At(int i, float step)
        {
            model.Trainable[i] = parameters[i] + step;
            double found = Forward();
            model.Trainable[i] = parameters[i];
            return found;
        }

        double Forward() =>
            labels.Length == 0 ? executor.ForwardBackward(inputs, values) : executor.ForwardBackward(inputs, labels);
    }

    [Theory]
    [MemberData(nameof(Losses), DisableDiscoveryEnumeration = true)]
    public void Slices_micro_batches_and_ranks_take_the_mean_of_the_whole_batch(Loss loss)
    {
        foreach (int accumulate in (int[])[1, 2])
        {
            // Micro-batches have statistics of their own, and near a corner of |x| rounding decides.
            Graph graph = accumulate > 1 || loss is MeanAbsoluteError ? WithoutStatistics() : Build();
            (double whole, float[] expected) = Trained(graph, loss, 1, new());
            var options = new TrainingOptions { Slices = 4, Accumulate = accumulate };
            (double alone, float[] sliced) = Trained(graph, loss, 1, options);
            // Means and gradients of floats, summed in another order.
            Close.Relative([whole], [(float)alone], 1e-6, "loss");
            Close.Relative([.. expected.Select(v => (double)v)], sliced, 2e-5, "parameters");
            foreach (int ranks in (int[])[2, 4])
            {
                (double together, float[] shared) = Trained(graph, loss, ranks, options);
                Assert.Equal(alone, together);
                Assert.Equal(sliced, shared);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Losses), DisableDiscoveryEnumeration = true)]
    public void The_reference_device_takes_the_same_steps(Loss loss)
    {
        using Device reference = Device.Reference();
        (double exact, float[] expected) = Trained(Build(), loss, 1, new TrainingOptions { Slices = 2 }, reference);
        (double found, float[] actual) = Trained(Build(), loss, 1, new TrainingOptions { Slices = 2 });
        // Floats beside doubles, through a normalised layer.
        Close.Relative([exact], [(float)found], 1e-6, "loss");
        Close.Relative([.. expected.Select(v => (double)v)], actual, 1e-5, "parameters");
    }

    [Theory]
    [MemberData(nameof(Losses), DisableDiscoveryEnumeration = true)]
    public void A_step_allocates_nothing(Loss loss)
    {
        using Model model = Model.Create(Build(), 1);
        using var trainer = new BatchTrainer(
            model,
            24,
            new TrainingOptions
            {
                Loss = loss,
                Slices = 2,
                Threads = 1,
            }
        );
        (float[] inputs, int[] labels, float[] values) = Batch(24, loss);
        Assert.Equal(
            0,
            Allocations.Least(() =>
                _ = labels.Length == 0 ? trainer.Step(inputs, values) : trainer.Step(inputs, labels)
            )
        );
    }

    [Fact]
    public void Weights_of_one_and_no_smoothing_are_the_plain_loss()
    {
        (double plain, float[] expected) = Trained(Build(), new SoftmaxCrossEntropy(), 1, new());
        (double weighted, float[] found) = Trained(
            Build(),
            new SoftmaxCrossEntropy { ClassWeights = [2, 2, 2, 2] },
            1,
            new()
        );
        Assert.Equal(plain, weighted, 1e-6);
        // A factor and its inverse, rounded.
        Close.Relative([.. expected.Select(v => (double)v)], found, 1e-5, "parameters");
    }

    [Fact]
    public void A_loss_of_the_callers_own_trains_as_the_same_loss_of_the_library()
    {
        (double expected, float[] parameters) = Trained(Build(), new MeanSquaredError(), 1, new());
        (double found, float[] own) = Trained(Build(), new CustomLoss("squares", OwnLosses.Squares), 1, new());
        // Sums of floats beside sums of doubles.
        Assert.Equal(expected, found, 1e-6);
        Close.Relative([.. parameters.Select(v => (double)v)], own, 1e-5, "parameters");
    }

    [Fact]
    public void Masked_examples_have_no_weight()
    {
        var options = new TrainingOptions { Loss = new SoftmaxCrossEntropy { ClassWeights = [1, 2, 0.25, 3] } };
        using Model first = Model.Create(Build(), 1),
            second = Model.Create(Build(), 1);
        using var plain = new BatchTrainer(first, 12, options);
        using var masked = new BatchTrainer(second, 12, options);
        (float[] inputs, int[] labels, _) = Batch(12, options.Loss);
        int[] some = [.. labels[..9], -1, -1, -1];
        Assert.Equal(plain.Step(inputs.AsSpan(0, 9 * Inputs), labels.AsSpan(0, 9)), masked.Step(inputs, some));
        Assert.Equal(first.Trainable.ToArray(), second.Trainable.ToArray());
    }

    [Fact]
    public void A_sigmoid_at_the_end_is_part_of_the_binary_loss()
    {
        (float[] inputs, _, float[] values) = Batch(12, new BinaryCrossEntropy());
        double[] losses =
        [
            .. (
                (Network[])[Network.Input(Inputs).Linear(Outputs), Network.Input(Inputs).Linear(Outputs).Sigmoid()]
            ).Select(network =>
            {
                using Model model = Model.Create(network.Build(), 1);
                var options = new PlanOptions(PlanMode.Inference, 12) { Loss = new BinaryCrossEntropy() };
                using var executor = new Executor(model, options);
                return executor.ForwardLoss(inputs, values);
            }),
        ];
        Assert.Equal(losses[0], losses[1]);
    }

    [Fact]
    public void What_does_not_fit_is_told_in_one_line()
    {
        using Model model = Model.Create(Build(), 1);
        ITargetDataset targets = ArrayDataset.WithTargets("speeds", new float[3 * Inputs], [Inputs], new float[3], [1]);
        var labels = new ArrayDataset("digits", new float[3 * Inputs], [0, 1, 2], [Inputs], 3);
        Says(
            "meanSquaredError needs float targets, but the data 'digits' has class labels",
            new MeanSquaredError(),
            labels
        );
        Says("The data 'speeds' has float targets and no class labels", new SoftmaxCrossEntropy(), targets);
        Says("has 1 targets per example (1), but the network's output", new MeanSquaredError(), targets);
        Says("weights of 2 classes", new SoftmaxCrossEntropy { ClassWeights = [1, 2] }, labels);

        void Says(string message, Loss loss, IDataset data)
        {
            var options = new TrainingOptions { Loss = loss, BatchSize = 2 };
            var error = Assert.Throws<GraphException>(() => new Trainer(model, data, options));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Fact]
    public void Targets_that_are_no_numbers_or_of_another_kind_are_refused()
    {
        using Model model = Model.Create(Build(), 1);
        using var trainer = new BatchTrainer(model, 12, new TrainingOptions { Loss = new MeanSquaredError() });
        (float[] inputs, _, float[] values) = Batch(12, new MeanSquaredError());
        int[] labels = new int[12];
        values[(5 * Outputs) + 2] = float.NaN;
        float[] before = [.. model.Trainable];
        Says("Target 2 of example 5 of the batch is NaN", () => trainer.Step(inputs, values));
        Says("takes float targets", () => trainer.Step(inputs, labels));
        Says("47 targets for 12 examples of 4", () => trainer.Step(inputs, values.AsSpan(1)));
        Assert.Equal(before, model.Trainable.ToArray());

        static void Says(string message, Action action) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    private static Graph Build() => Network.Input(Inputs).Linear(9).BatchNorm().Relu().Linear(Outputs).Build();

    private static Graph WithoutStatistics() => Network.Input(Inputs).Linear(9).Tanh().Linear(Outputs).Build();

    private static (double Loss, float[] Parameters) Trained(
        Graph graph,
        Loss loss,
        int ranks,
        TrainingOptions options,
        Device? device = null
    )
    {
        options = options with
        {
            Loss = loss,
            BatchSize = 29,
            Threads = 1,
            Optimizer = new SgdMomentum(0.9f),
            LearningRate = new ConstantRate(0.05),
        };
        var results = new (double Loss, float[] Parameters)[ranks];
        InProcessRanks.Run(
            ranks,
            rank =>
            {
                using Model model = Model.Create(graph, 1);
                using var trainer = new BatchTrainer(model, 29, options, device, rank);
                trainer.JoinRanks();
                double last = 0;
                for (int i = 0; i < 3; i++)
                {
                    (float[] inputs, int[] labels, float[] values) = Batch(29 - i, loss);
                    last = (labels.Length == 0 ? trainer.Step(inputs, values) : trainer.Step(inputs, labels)).Loss;
                }

                results[rank.Rank] = (last, [.. model.Trainable]);
            }
        );
        Assert.All(results, r => Assert.Equal(results[0].Parameters, r.Parameters));
        return results[0];
    }

    // Inputs, and the labels or the values that the loss takes.
    private static (float[] Inputs, int[] Labels, float[] Values) Batch(int count, Loss loss)
    {
        var random = new Random(count);
        int classes = loss.ClassesOf(new Shape(Outputs)),
            targets = count * loss.Targets(new Shape(Outputs)).PerExample;
        return (
            [.. Enumerable.Range(0, count * Inputs).Select(_ => (random.NextSingle() * 4) - 1.7f)],
            [.. Enumerable.Range(0, classes > 0 ? targets : 0).Select(_ => random.Next(classes))],
            [.. Enumerable.Range(0, classes > 0 ? 0 : targets).Select(_ => random.NextSingle())]
        );
    }
}
