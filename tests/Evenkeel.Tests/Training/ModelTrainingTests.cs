using Evenkeel.Data.Loading;

namespace Evenkeel.Tests.Training;

public sealed class ModelTrainingTests
{
    private static readonly IDataset Data = Digits.GenerateTrain(250);

    private static readonly TrainingOptions Options = new()
    {
        BatchSize = 100,
        LastBatch = LastBatch.Keep,
        Optimizer = new SgdMomentum(),
        LearningRate = 0.1,
        Threads = 1,
    };

    [Fact]
    public void It_is_a_trainer_that_runs_the_epochs()
    {
        using Model model = Create(),
            other = Create();
        TrainingResult result = model.Train(Data, Options with { Epochs = 3 });
        using var trainer = new Trainer(other, Data, Options);
        trainer.Run(9);
        Assert.Equal((9, 0, true), (result.Steps, result.SkippedBatches, result.Completed));
        Assert.Equal(other.Trainable.ToArray(), model.Trainable.ToArray());
    }

    [Fact]
    public void Steps_go_before_epochs()
    {
        using Model model = Create();
        var seen = new List<long>();
        TrainingResult result = model.Train(
            Data,
            Options with
            {
                Epochs = 7,
                Steps = 2,
            },
            afterStep: step => seen.Add(step.Step)
        );
        Assert.Equal([1, 2], seen);
        Assert.Equal(2, result.Steps);
    }

    [Fact]
    public void The_last_step_is_reported_with_the_mean_loss_since_the_report_before()
    {
        using Model model = Create();
        var reports = new List<TrainingProgress>();
        var losses = new List<double>();
        model.Train(Data, Options with { Epochs = 2 }, reports.Add, step => losses.Add(step.Loss));
        TrainingProgress last = reports[^1];
        Assert.Equal((6, 6, 1), (last.Step, last.TotalSteps, last.Epoch));
        long before = reports.Count > 1 ? reports[^2].Step : 0;
        // Sums in the same order.
        Assert.Equal(losses.Skip((int)before).Average(), last.Loss, 1e-12);
        Assert.True(last.ExamplesPerSecond > 0);
        Assert.StartsWith("step 6 of 6, epoch 2: loss ", last.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Cancelling_ends_it_after_the_step_at_work()
    {
        using Model model = Create();
        using var stop = new CancellationTokenSource();
        TrainingResult result = model.Train(
            Data,
            Options with
            {
                Steps = 100,
            },
            afterStep: step =>
            {
                if (step.Step == 2)
                    stop.Cancel();
            },
            cancellation: stop.Token
        );
        Assert.Equal((2, false), (result.Steps, result.Completed));
        Assert.True(double.IsFinite(result.Loss));
    }

    [Theory]
    [InlineData(0, null, "epochs must be 1 or more, not 0")]
    [InlineData(1, 0L, "steps must be 1 or more, not 0")]
    public void A_length_below_one_is_refused(int epochs, long? steps, string message)
    {
        using Model model = Create();
        var error = Assert.Throws<ArgumentException>(() =>
            model.Train(Data, Options with { Epochs = epochs, Steps = steps })
        );
        Assert.Equal(message, error.Message);
    }

    private static Model Create()
    {
        Graph network = Network.Input(784).Linear(16).Sigmoid().Linear(10).InsertBatchNorm();
        return Model.Create(network, seed: 1);
    }
}
