using Evenkeel.Training.Schedules;

namespace Evenkeel.Tests.Diagnostics;

/// <summary>A small network that whitens twice, trained on the built-in digits; tests damage copies.</summary>
public sealed class WhitenedDigits : IDisposable
{
    private const int Steps = 400;

    public WhitenedDigits()
    {
        Model = Model.Create(
            Network
                .Input(784)
                .Linear(20)
                .DecorrelatedBatchNorm(10, name: "first")
                .Relu()
                .Linear(15)
                .IterNorm(groupSize: 5, name: "second")
                .Relu()
                .Linear(10)
                .Build(),
            1
        );
        var options = new TrainingOptions
        {
            BatchSize = 100,
            LearningRate = new StepDecay(0.1, 0.01, [Steps - 100]),
            Threads = 2,
        };
        using var trainer = new Trainer(Model, Data.Train, options);
        trainer.Run(Steps);
    }

    public DatasetSplit Data { get; } =
        new(Digits.GenerateTrain(3_000, PixelEncoding.UnitScale), Digits.GenerateTest(600, PixelEncoding.UnitScale));

    public Model Model { get; }

    public void Dispose() => Model.Dispose();
}
