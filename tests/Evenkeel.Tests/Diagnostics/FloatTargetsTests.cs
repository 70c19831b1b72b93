using Evenkeel.Diagnostics;
using Evenkeel.Diagnostics.Trials;

namespace Evenkeel.Tests.Diagnostics;

/// <summary>Networks that learn float targets are diagnosed by their loss.</summary>
public sealed class FloatTargetsTests : IDisposable
{
    private readonly Device _device = Device.Cpu(1);

    public void Dispose() => _device.Dispose();

    [Fact]
    public void Fitting_statistics_are_left_alone_and_stale_ones_are_recalibrated()
    {
        ITargetDataset data = Sums(400, 0);
        using Model model = Trained(data);
        var options = new DiagnosisOptions { Loss = new MeanAbsoluteError() };
        Diagnosis fitting = model.Diagnose(data, options, _device);
        Assert.Equal(StatisticsCause.None, fitting.Cause);
        Evaluation direct = model.Evaluate(data, _device, loss: options.Loss);
        // The same losses, added in another order of blocks.
        Assert.Equal(direct.Loss, fitting.Stored.Loss, 1e-6);
        Assert.Equal(direct.Errors!.Value.MeanAbsolute, fitting.Stored.Errors!.Value.MeanAbsolute, 1e-6);
        Assert.True(double.IsNaN(fitting.Stored.Accuracy));

        Diagnosis shifted = model.Diagnose(Sums(400, 4), options, _device);
        Assert.Equal(StatisticsCause.DomainShift, shifted.Cause);
        Assert.True(shifted.Stored.Loss > 2 * shifted.Batch.Loss);
        Assert.Equal(TrialOutcome.Better, shifted.Trials[0].Outcome);
        Assert.Contains("recalibrate on data of this kind: tried, loss ", shifted.Remedy, StringComparison.Ordinal);
        Assert.DoesNotContain("accuracy", shifted.Remedy, StringComparison.Ordinal);
        Assert.Contains("Loss with stored statistics", shifted.ToString(), StringComparison.Ordinal);
        // The other way round the same trial is a loss.
        using Model repaired = model.Clone();
        repaired.Recalibrate(Sums(400, 4), null, _device);
        Assert.Equal(
            TrialOutcome.Worse,
            RemedyTrial.Measure(model, repaired, data, "moved", _device, loss: options.Loss).Outcome
        );
    }

    [Fact]
    public void Guessing_is_the_loss_of_the_mean()
    {
        ITargetDataset data = ArrayDataset.WithTargets("t", new float[4], [1], [0, 1, 0, 1, 0, 1, 4, 1], [2]);
        // Means are 1 and 1: distances 1, 1, 1, 3 of one place and none of the other.
        Assert.Equal(12.0 / 8, Guess.LossOf(data, new MeanSquaredError()), 1e-12);
        Assert.Equal(6.0 / 8, Guess.LossOf(data, new MeanAbsoluteError()), 1e-12);
        Assert.Equal((0.5 + 0.5 + 0.5 + 2.5) / 8, Guess.LossOf(data, new HuberLoss(1)), 1e-12);
        ITargetDataset labels = ArrayDataset.WithTargets("t", new float[4], [1], [0, 1, 0, 1, 0, 1, 1, 1], [2]);
        Assert.Equal(
            ((-3 * Math.Log(0.75)) - Math.Log(0.25)) / 8,
            Guess.LossOf(labels, new BinaryCrossEntropy()),
            1e-12
        );
        var custom = new CustomLoss("own", (_, _, _) => 0);
        Assert.Equal(double.PositiveInfinity, Guess.LossOf(data, custom));
    }

    private Model Trained(ITargetDataset data)
    {
        Model model = Model.Create(Network.Input(2).Linear(8).BatchNorm().Relu().Linear(1).Build(), 1);
        using var trainer = new Trainer(
            model,
            data,
            new TrainingOptions
            {
                Loss = new MeanAbsoluteError(),
                BatchSize = 40,
                LearningRate = 0.05,
            },
            _device
        );
        for (int step = 0; step < 300; step++)
            trainer.Step();
        model.Recalibrate(data, null, _device);
        return model;
    }

    // The inputs are moved, what is to be said of them is not.
    private static ITargetDataset Sums(int count, float shift)
    {
        var random = new Random(3);
        float[] values = [.. Enumerable.Range(0, 2 * count).Select(_ => (2 * random.NextSingle()) - 1)];
        float[] sums = [.. values.Chunk(2).Select(p => p[0] + p[1])];
        return ArrayDataset.WithTargets("sums", [.. values.Select(v => v + shift)], [2], sums, [1]);
    }
}
