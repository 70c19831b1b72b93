using Evenkeel.Training;

namespace Evenkeel;

/// <summary>The result of a training.</summary>
/// <param name="Steps">Steps done.</param>
/// <param name="Loss">Mean loss of the last batch; NaN if there was none.</param>
/// <param name="SkippedBatches">Batches left out because their loss was not finite.</param>
/// <param name="Completed">False if it was cancelled before its end.</param>
public sealed record TrainingResult(long Steps, double Loss, long SkippedBatches, bool Completed);

/// <summary>Training in one call.</summary>
public static class ModelTraining
{
    /// <summary>
    /// Trains a model for <see cref="TrainingOptions.Epochs"/>, or <see cref="TrainingOptions.Steps"/> if given. For single steps and for
    /// resuming use a <see cref="Trainer"/>.
    /// </summary>
    /// <param name="model">Changed in place.</param>
    /// <param name="data">Training examples.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <param name="progress">Called about once a second and after the last step; <c>Console.WriteLine</c> prints a line each time.</param>
    /// <param name="afterStep">Called after each step.</param>
    /// <param name="device">The device that computes, or null for <see cref="Device.Default"/>.</param>
    /// <param name="cancellation">Ends the training after the current step; the model keeps what it has learned.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="GraphException">The data does not fit the network.</exception>
    /// <exception cref="NonFiniteLossException">The loss is NaN or infinite; the model has the values from before that step.</exception>
    public static TrainingResult Train(
        this Model model,
        IDataset data,
        TrainingOptions? options = null,
        Action<TrainingProgress>? progress = null,
        Action<StepResult>? afterStep = null,
        Device? device = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new TrainingOptions();
        using var trainer = new Trainer(model, data, options, device ?? Device.Default);
        long steps = options.Steps ?? checked((long)options.Epochs * trainer.StepsPerEpoch);
        double loss = double.NaN;
        var meter = new ProgressMeter(steps, progress ?? (_ => { }));
        bool completed = trainer.Run(
            steps,
            step =>
            {
                loss = step.Loss;
                meter.Add(step);
                afterStep?.Invoke(step);
            },
            cancellation
        );
        return new TrainingResult(trainer.StepsDone, loss, trainer.SkippedBatches, completed);
    }
}
