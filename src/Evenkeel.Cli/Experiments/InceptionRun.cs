using System.Diagnostics;
using Evenkeel.Cli.Configuration;
using Evenkeel.Data;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Serialization;
using Evenkeel.Training;

namespace Evenkeel.Cli.Experiments;

/// <summary>Trains one of the networks and keeps its curve.</summary>
/// <param name="recipe">What is trained.</param>
/// <param name="modelPath">Where the trained network is saved.</param>
internal sealed class InceptionRun(InceptionRecipe recipe, string modelPath)
{
    private readonly List<(long Step, Evaluation Result)> _points = [];
    private readonly Stopwatch _training = new();

    public InceptionRecipe Recipe => recipe;

    /// <summary>The trained network; a run that diverged leaves none.</summary>
    public string ModelPath => modelPath;

    /// <summary>Test results with running statistics, single crop.</summary>
    public IReadOnlyList<(long Step, Evaluation Result)> Points => _points;

    /// <summary>Seconds spent in training steps alone.</summary>
    public double TrainingSeconds => _training.Elapsed.TotalSeconds;

    /// <summary>The step whose loss was not finite, or null.</summary>
    public long? DivergedAt { get; private set; }

    public double BestAccuracy => _points.Max(p => p.Result.Accuracy);

    public double BestTopFive => _points.Max(p => p.Result.TopFive);

    public long BestStep => _points.First(p => p.Result.Accuracy == BestAccuracy).Step;

    public long Parameters { get; private set; }

    /// <summary>First step at which the test accuracy was at least this, or null.</summary>
    public long? FirstReached(double accuracy) =>
        _points.Where(p => p.Result.Accuracy >= accuracy).Select(p => (long?)p.Step).FirstOrDefault();

    /// <summary>Trains to the end, or until the loss is not finite, or until cancelled.</summary>
    /// <param name="train">Images to train on.</param>
    /// <param name="test">Images to judge by.</param>
    /// <param name="data">Where both come from and how colours are scaled.</param>
    /// <param name="options">The scale.</param>
    /// <param name="progress">Told the steps done.</param>
    /// <param name="cancellation">Ends the run after the step at work.</param>
    public void Run(
        IImageSource train,
        IDataset test,
        ImageDataConfig data,
        InceptionExperimentOptions options,
        Action<long> progress,
        CancellationToken cancellation
    )
    {
        var transform = new ImageTransform
        {
            Crop = new RandomResizedCrop { Side = options.Size, LeastArea = options.LeastCropArea },
            Mirror = new RandomMirror(),
            Distortion = new PhotometricDistortion(recipe.Distortion),
            Scaling = data.Scaling!,
        };
        using Model model = Model.Create(recipe.Network(options, train.Classes), options.Seed);
        Parameters = model.ParameterCount;
        using var trainer = new Trainer(
            model,
            new ImageDataset(train, transform, options.Seed),
            recipe.Training(options)
        );
        using var evaluator = new Evaluator(model, test, trainer.Pool);
        _points.Add((0, evaluator.Run()));
        while (trainer.StepsDone < options.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!TrainTo(trainer, Math.Min(options.Steps, trainer.StepsDone + options.EvaluateEvery), cancellation))
                return;
            _points.Add((trainer.StepsDone, evaluator.Run()));
            progress(trainer.StepsDone);
        }

        ModelFile.Save(model, modelPath, TrainingNotes.Of(data, train.ClassNames));
    }

    private bool TrainTo(Trainer trainer, long until, CancellationToken cancellation)
    {
        _training.Start();
        try
        {
            trainer.Run(until, cancellation: cancellation);
            return true;
        }
        catch (NonFiniteLossException)
        {
            DivergedAt = trainer.StepsDone + 1;
            return false;
        }
        finally
        {
            _training.Stop();
        }
    }
}
