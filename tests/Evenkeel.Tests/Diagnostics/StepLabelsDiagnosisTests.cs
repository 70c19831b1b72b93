using Evenkeel.Diagnostics;
using Evenkeel.Graphs;
using Evenkeel.Training;

namespace Evenkeel.Tests.Diagnostics;

/// <summary>A network that says a class for each step of a sequence, where some steps have no label.</summary>
public sealed class StepLabelsDiagnosisTests : IDisposable
{
    private const int Examples = 600;
    private const int Steps = 3;
    private const int NoLabel = BatchTrainer.NoLabel;

    private readonly Device _device = Device.Cpu(2);

    public void Dispose() => _device.Dispose();

    [Fact]
    public void Every_label_is_judged_and_a_remedy_is_tried()
    {
        IDataset data = Sequences();
        using Model model = Trained(data);
        Evaluation evaluated = model.Evaluate(data, _device);
        Diagnosis healthy = model.Diagnose(data, device: _device);
        Assert.True(healthy.Cause == StatisticsCause.None, healthy.ToString());
        Assert.Equal((evaluated.Accuracy, Examples), (healthy.Stored.Accuracy, healthy.Stored.Count));
        // Sums of single precision in another order.
        Assert.Equal(evaluated.Loss, healthy.Stored.Loss, 1e-6);
        Assert.InRange(healthy.Batch.Accuracy, 0.9, 1);

        using Model damaged = model.Clone();
        foreach (Node norm in TrainedDigits.Norms(model.Graph))
        {
            foreach (ref float mean in damaged.Floats($"{norm.Name}.running_mean"))
                mean += 5;
        }

        Diagnosis hurt = damaged.Diagnose(data, device: _device);
        Assert.NotEqual(StatisticsCause.None, hurt.Cause);
        RemedyTrial trial = hurt.Trials[0];
        Assert.Equal(TrialOutcome.Better, trial.Outcome);
        // Differences of examples with more and fewer labels add up to that of all labels.
        Assert.Equal(trial.After.Loss - trial.Before.Loss, trial.Loss.Mean, 1e-9);
        Assert.Equal(trial.After.Accuracy - trial.Before.Accuracy, trial.Accuracy.Mean, 1e-12);
        Assert.Equal(
            TrialOutcome.Better,
            RemedyTrial.Measure(damaged, model, data, "as it was", _device, loss: new SoftmaxCrossEntropy()).Outcome
        );
    }

    private Model Trained(IDataset data)
    {
        var model = Model.Create(
            Network.Input(Steps, 2).Linear(8).BatchNorm().Relu().Linear(8).BatchNorm().Relu().Linear(2).Build(),
            1
        );
        var options = new TrainingOptions { BatchSize = 50, LearningRate = 0.1 };
        using var trainer = new Trainer(model, data, options, _device);
        trainer.Run(400);
        return model;
    }

    // The class is which of two values is larger. The first step always has a label, the others by turns.
    private static ArrayDataset Sequences()
    {
        var random = new Random(1);
        float[] values = new float[Examples * Steps * 2];
        int[] labels = new int[Examples * Steps];
        foreach (ref float value in values.AsSpan())
            value = (8 * random.NextSingle()) - 2;
        for (int i = 0; i < labels.Length; i++)
        {
            bool has = i % Steps == 0 || (i / Steps) % 4 >= i % Steps;
            labels[i] =
                !has ? NoLabel
                : values[2 * i] > values[(2 * i) + 1] ? 1
                : 0;
        }

        return ArrayDataset.WithLabels("sequences", values, [Steps, 2], labels, 2);
    }
}
