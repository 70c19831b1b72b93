using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Ranks;
using Evenkeel.Training;

namespace Evenkeel.Tests.Training;

/// <summary>What an evaluation tells by each loss, beside its definition.</summary>
public sealed class EvaluationTests
{
    // More than two blocks.
    private const int Count = 600;

    [Fact]
    public void Regressions_have_errors()
    {
        using Model model = Model.Create(Network.Input(3).Linear(2).Build(), 1);
        ITargetDataset data = Made(2, t => t);
        (double[] outputs, double[] targets) = Pairs(model, data);
        double[] errors = [.. outputs.Zip(targets, (x, t) => x - t)];
        double mean = targets.Average(),
            squared = errors.Sum(e => e * e);
        Evaluation found = model.Evaluate(data);
        // Sums of doubles in another order, over float losses.
        Assert.Equal(squared / errors.Length, found.Loss, 1e-6);
        Assert.True(double.IsNaN(found.Accuracy) && found.Labels is null);
        TargetErrors errorsFound = found.Errors!.Value;
        Assert.Equal(errors.Average(Math.Abs), errorsFound.MeanAbsolute, 1e-12);
        Assert.Equal(Math.Sqrt(squared / errors.Length), errorsFound.RootMeanSquared, 1e-12);
        Assert.Equal(1 - (squared / targets.Sum(t => (t - mean) * (t - mean))), errorsFound.RSquared, 1e-12);
        Assert.Equal(errors.Average(Math.Abs), model.Evaluate(data, loss: new MeanAbsoluteError()).Loss, 1e-6);
    }

    [Fact]
    public void Several_labels_have_scores()
    {
        using Model model = Model.Create(Network.Input(3).Linear(4).Sigmoid().Build(), 1);
        ITargetDataset data = Made(4, t => t > 0.2f ? 1 : 0);
        (double[] outputs, double[] targets) = Pairs(model, data);
        bool[] right = [.. outputs.Zip(targets, (p, t) => p > 0.5 == t > 0.5)];
        int both = outputs.Zip(targets).Count(p => p.First > 0.5 && p.Second > 0.5);
        Evaluation found = model.Evaluate(data, loss: new BinaryCrossEntropy());
        LabelScores scores = found.Labels!.Value;
        Assert.Equal((double)right.Count(r => r) / right.Length, scores.Each);
        Assert.Equal((double)right.Chunk(4).Count(row => row.All(r => r)) / Count, scores.All);
        Assert.Equal(2.0 * both / (outputs.Count(p => p > 0.5) + targets.Count(t => t > 0.5)), scores.F1);
        Assert.Equal(
            outputs.Zip(targets, (p, t) => -(t * Math.Log(p)) - ((1 - t) * Math.Log(1 - p))).Average(),
            found.Loss,
            1e-6
        );
    }

    [Fact]
    public void Weights_are_those_of_the_whole_data()
    {
        using Model model = Model.Create(Network.Input(3).Linear(4).Build(), 1);
        var random = new Random(1);
        int[] labels = [.. Enumerable.Range(0, Count).Select(i => i < 256 ? 0 : random.Next(4))];
        var data = new ArrayDataset("made up", Inputs(), labels, [3], 4);
        double[] weights = [1, 2, 0.25, 3];
        double[] losses =
        [
            .. Enumerable
                .Range(0, 4)
                .Select(c =>
                {
                    int[] own = [.. Enumerable.Range(0, Count).Where(i => labels[i] == c)];
                    return model.Evaluate(data.Pick(own)).Loss * own.Length * weights[c];
                }),
        ];
        Evaluation found = model.Evaluate(data, loss: new SoftmaxCrossEntropy { ClassWeights = [.. weights] });
        // Float losses, summed in another order.
        Assert.Equal(losses.Sum() / labels.Sum(label => weights[label]), found.Loss, 1e-6);
        Assert.Equal(model.Evaluate(data).Accuracy, found.Accuracy);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Ranks_have_the_bits_of_one(int ranks)
    {
        var found = new List<Evaluation>();
        foreach (int size in (int[])[1, ranks])
        {
            InProcessRanks.Run(
                size,
                rank =>
                {
                    using Model model = Model.Create(Network.Input(3).Linear(2).Build(), 1);
                    Evaluation own = model.Evaluate(Made(2, t => t), ranks: rank, loss: new HuberLoss(0.3));
                    lock (found)
                        found.Add(own);
                }
            );
        }

        Assert.All(found, own => Assert.Equal(found[0], own));
    }

    [Fact]
    public void An_autoencoder_learns_to_give_what_it_gets()
    {
        ITargetDataset data = new ArrayDataset("made up", Inputs(), [3]).AsAutoencoder();
        using Model model = Model.Create(Network.Input(3).Linear(3).Build(), 1);
        double before = model.Evaluate(data).Loss;
        var options = new TrainingOptions
        {
            Loss = new MeanSquaredError(),
            BatchSize = 20,
            Epochs = 20,
        };
        model.Train(data, options);
        Evaluation after = model.Evaluate(data);
        // It can be learned exactly; a step takes at least a hundredth of the error away, and there are 600.
        Assert.True(after.Loss < before / 100, $"{before} to {after.Loss}");
        Assert.True(after.Errors!.Value.RSquared > 0.98);
    }

    private static float[] Inputs()
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, Count * 3).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    private static ITargetDataset Made(int length, Func<float, float> target)
    {
        var random = new Random(5);
        return ArrayDataset.WithTargets(
            "made up",
            Inputs(),
            [3],
            [.. Enumerable.Range(0, Count * length).Select(_ => target((random.NextSingle() * 2) - 1))],
            [length]
        );
    }

    private static (double[] Outputs, double[] Targets) Pairs(Model model, ITargetDataset data)
    {
        float[] inputs = new float[Count * 3],
            targets = new float[Count * data.TargetLength];
        data.Read([.. Enumerable.Range(0, Count)], 0, inputs, targets);
        using var executor = new Executor(model, new PlanOptions(PlanMode.Inference, Count));
        executor.Forward(inputs);
        return ([.. executor.Output.ToArray().Select(v => (double)v)], [.. targets.Select(v => (double)v)]);
    }
}
