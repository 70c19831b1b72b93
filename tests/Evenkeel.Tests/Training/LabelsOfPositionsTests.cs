using Evenkeel.Data.Sampling;
using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Networks;
using Evenkeel.Ranks;
using Evenkeel.Testing;
using Evenkeel.Tests.Ranks;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Training;

/// <summary>A label for each step of sequences of different length: padding has none, and counts in no loss, no gradient and no accuracy.</summary>
public sealed class LabelsOfPositionsTests
{
    private const int Steps = 5;
    private const int Channels = 3;
    private const int Classes = 4;

    private static readonly int[] _lengths = [5, 1, 3, 2, 5, 4, 1];

    public static TheoryData<string> Losses => ["plain", "weighted"];

    // With class weights and smoothing too: every term of the sum is weighed once.
    [Theory]
    [MemberData(nameof(Losses))]
    public void Loss_and_gradients_are_the_mean_over_the_steps_that_have_a_label(string kind)
    {
        SoftmaxCrossEntropy loss = LossOf(kind);
        (float[] inputs, int[] labels) = Batch(_lengths);
        using Model model = Samples.Model(Network());
        (double found, float[] gradients) = Gradients(model, loss, inputs, labels);
        double weight = 0,
            sum = 0;
        double[] expected = new double[gradients.Length];
        for (int i = 0; i < _lengths.Length; i++)
        {
            // The steps of one sequence alone: their mean times their weight are their sum.
            int[] own = labels[(i * Steps)..((i * Steps) + _lengths[i])];
            using var alone = Model.Create(Network(_lengths[i]), 1, (name, values) => Copy(model, name, values));
            float[] values = inputs[(i * Steps * (Channels + 1))..][..(_lengths[i] * (Channels + 1))];
            (double mean, float[] one) = Gradients(alone, loss, values, own);
            double share = own.Sum(label => loss.WeightOfClass.IsEmpty ? 1 : loss.WeightOfClass[label]);
            weight += share;
            sum += share * mean;
            for (int p = 0; p < one.Length; p++)
                expected[p] += share * one[p];
        }

        // Float32 sums of some tens of terms.
        Assert.Equal(sum / weight, found, 2e-6);
        for (int p = 0; p < expected.Length; p++)
            Assert.Equal(expected[p] / weight, gradients[p], 2e-6);
    }

    [Fact]
    public void Gradients_are_those_of_finite_differences()
    {
        (float[] inputs, int[] labels) = Batch(_lengths);
        GradientCheck.Run(Network(), _lengths.Length, inputs: inputs, labels: labels);
    }

    [Fact]
    public void Accuracy_counts_the_steps_that_have_a_label()
    {
        (float[] inputs, int[] labels) = Batch(_lengths);
        using Model model = Samples.Model(Network());
        using var predictor = new Predictor(model, threads: 1);
        float[] scores = predictor.Predict(inputs);
        int right = 0;
        double sum = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            float[] at = scores[(row * Classes)..((row + 1) * Classes)];
            if (labels[row] < 0)
                continue;
            right += Array.IndexOf(at, at.Max()) == labels[row] ? 1 : 0;
            sum += Math.Log(at.Sum(v => Math.Exp(v))) - at[labels[row]];
        }

        int count = _lengths.Sum();
        Evaluation found = model.Evaluate(Data(inputs, labels));
        Assert.Equal((double)right / count, found.Accuracy);
        Assert.Equal(_lengths.Length, found.Count);
        Assert.Equal(sum / count, found.Loss, 1e-6);
    }

    // A rank may have long sequences and another short ones: labels are counted over all of them.
    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(4, 1, 1)]
    [InlineData(4, 2, 1)]
    [InlineData(4, 4, 1)]
    public void Slices_ranks_and_micro_batches_compute_parts_of_the_same_mean(int slices, int ranks, int accumulate)
    {
        int[] lengths = [5, 5, 5, 5, 1, 1, 2, 1];
        (float[] inputs, int[] labels) = Batch(lengths);
        float[] whole = Train(1, 1, 1, inputs, labels),
            parts = Train(slices, ranks, accumulate, inputs, labels);
        // Sums in another order.
        for (int i = 0; i < whole.Length; i++)
            Assert.Equal(whole[i], parts[i], 1e-6);
        Assert.Equal(Train(slices, 1, accumulate, inputs, labels), parts);
    }

    [Fact]
    public void Data_sets_give_the_same_steps_as_batches()
    {
        (float[] inputs, int[] labels) = Batch(_lengths);
        var options = new TrainingOptions
        {
            BatchSize = _lengths.Length,
            Shuffle = ShuffleMode.None,
            Threads = 1,
        };
        using Model ofData = Samples.Model(Network()),
            ofBatches = Samples.Model(Network());
        using var trainer = new Trainer(ofData, Data(inputs, labels), options);
        using var batches = new BatchTrainer(ofBatches, _lengths.Length, options);
        StepResult step = trainer.Step();
        Assert.Equal(step, batches.Step(inputs, labels));
        Assert.Equal(ofData.Trainable.ToArray(), ofBatches.Trainable.ToArray());
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        (float[] inputs, int[] labels) = Batch(_lengths);
        using Model model = Samples.Model(Network());
        using var trainer = new BatchTrainer(model, _lengths.Length, new TrainingOptions { Threads = 1 });
        Assert.Equal(0, Allocations.Least(() => trainer.Step(inputs, labels)));
    }

    [Fact]
    public void What_does_not_fit_is_told_in_one_line()
    {
        (float[] inputs, int[] labels) = Batch(_lengths);
        using Model model = Samples.Model(Network()),
            last = Samples.Model(Network(sequence: false));
        Says(
            "has 5 labels per example; end it in as many positions",
            () => last.Train(Data(inputs, labels), new TrainingOptions { BatchSize = 2 })
        );
        Says(
            "has one label per example; end the network in a single position",
            () => model.Evaluate(new ArrayDataset("one", inputs, new int[7], [Steps, Channels + 1], Classes))
        );
        var own = new CustomLoss("own", (output, label, gradient) => 0, Classes) { TargetLength = Steps };
        using var trainer = new BatchTrainer(model, 7, new TrainingOptions { Loss = own });
        var error = Assert.Throws<ArgumentException>(() => trainer.Step(inputs, labels));
        Assert.Contains("Example 1 of the batch has no label for 4 of its 5 targets", error.Message);
        using var executor = new Executor(
            last,
            new PlanOptions(PlanMode.Inference, 7) { Loss = new SoftmaxCrossEntropy() }
        );
        error = Assert.Throws<ArgumentException>(() => executor.ForwardLoss(inputs, [0, 1, 2, -1, 0, 0, 0]));
        Assert.Contains("Example 3 has no label (-1); leave it out", error.Message);

        static void Says(string message, Action action)
        {
            var e = Assert.Throws<GraphException>(action);
            Assert.Contains(message, e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    private static Graph Network(int steps = Steps, bool sequence = true) =>
        Evenkeel
            .Network.Input(steps, Channels + 1)
            .Gru(6, new RecurrentOptions { Masked = true, Sequence = sequence })
            .Linear(Classes)
            .Build();

    private static SoftmaxCrossEntropy LossOf(string kind) =>
        kind == "plain"
            ? new SoftmaxCrossEntropy()
            : new SoftmaxCrossEntropy { ClassWeights = [0.5, 2, 1, 3], LabelSmoothing = 0.1 };

    private static (double Loss, float[] Gradients) Gradients(Model model, Loss loss, float[] inputs, int[] labels)
    {
        int batch = inputs.Length / model.Graph.Input.Shape.Count;
        using var device = Device.Cpu(1);
        using var executor = new Executor(model, new PlanOptions(PlanMode.Training, batch) { Loss = loss }, device);
        return (executor.ForwardBackward(inputs, labels), executor.Gradients.ToArray());
    }

    private static float[] Train(int slices, int ranks, int accumulate, float[] inputs, int[] labels)
    {
        float[][] results = new float[ranks][];
        var options = new TrainingOptions
        {
            BatchSize = 8,
            Slices = slices,
            Accumulate = accumulate,
            Threads = 1,
        };
        InProcessRanks.Run(
            ranks,
            rank =>
            {
                using Model model = Samples.Model(Network());
                using var trainer = new BatchTrainer(model, 8, options, ranks: rank);
                trainer.JoinRanks();
                double loss = trainer.Step(inputs, labels).Loss;
                results[rank.Rank] = [(float)loss, .. SlicedTraining.Everything(model)];
            }
        );
        Assert.All(results, r => Assert.Equal(results[0], r));
        return results[0];
    }

    private static bool Copy(Model from, string name, Span<float> values)
    {
        from.Floats(name).CopyTo(values);
        return true;
    }

    private static ArrayDataset Data(float[] inputs, int[] labels) =>
        ArrayDataset.WithLabels("steps", inputs, [Steps, Channels + 1], labels, Classes);

    // Padding holds values that would show, and has no label.
    private static (float[] Inputs, int[] Labels) Batch(int[] lengths)
    {
        int rows = lengths.Length * Steps;
        float[] inputs = Samples.Floats(rows * (Channels + 1), 9);
        int[] labels = Samples.Labels(rows, Classes, 5);
        for (int row = 0; row < rows; row++)
        {
            bool has = row % Steps < lengths[row / Steps];
            inputs[(row * (Channels + 1)) + Channels] = has ? 1 : 0;
            labels[row] = has ? labels[row] : BatchTrainer.NoLabel;
        }

        return (inputs, labels);
    }
}
