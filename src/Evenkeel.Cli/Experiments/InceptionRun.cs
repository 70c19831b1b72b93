using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Experiments;

/// <summary>Trains one of the networks and keeps its curve.</summary>
/// <param name="recipe">What is trained.</param>
/// <param name="modelPath">Where the trained network is saved.</param>
internal sealed class InceptionRun(InceptionRecipe recipe, string modelPath) : JudgedRun
{
    public InceptionRecipe Recipe => recipe;

    /// <summary>Where the trained network is saved; a run that diverged leaves none.</summary>
    public string ModelPath => modelPath;

    /// <summary>Whether the network is there.</summary>
    public bool IsSaved => DivergedAt is null && File.Exists(modelPath);

    /// <summary>Whether the network should be there and is not.</summary>
    public bool IsMissing => HasEnded && DivergedAt is null && !File.Exists(modelPath);

    /// <summary>Whether the run came to its end, or diverged.</summary>
    public bool HasEnded { get; private set; }

    public double BestTopFive => Points.Max(p => p.Result.TopFive);

    public long Parameters { get; private set; }

    /// <summary>Trains to the end, or until the loss is not finite, or until cancelled.</summary>
    /// <param name="train">Images to train on.</param>
    /// <param name="test">Images to judge by.</param>
    /// <param name="data">Where both come from and how colours are scaled.</param>
    /// <param name="options">The scale.</param>
    /// <param name="progress">Told the steps done.</param>
    /// <param name="saving">Saves the network at the end, or as it is where the run is stopped.</param>
    /// <param name="cancellation">Ends the run after the current step.</param>
    public void Run(
        IImageSource train,
        IDataset test,
        ImageDataConfig data,
        InceptionExperimentOptions options,
        Action<long> progress,
        Saving saving,
        CancellationToken cancellation
    )
    {
        ImageTransform transform = recipe.TrainingImages(options, data.Scaling!);
        using Model model = Model.Create(recipe.Network(options, train.Classes), options.Seed);
        Parameters = model.ParameterCount;
        using var trainer = new Trainer(
            model,
            new ImageDataset(train, transform, options.Seed),
            recipe.Training(options)
        );
        using var evaluator = new Evaluator(model, test, trainer.Device);
        ExperimentFolder.SaveIfStopped(
            () => Train(trainer, evaluator, options.Steps, options.EvaluateEvery, progress, cancellation),
            Save
        );
        HasEnded = true;
        if (DivergedAt is null)
            Save();

        void Save() =>
            saving.Try(
                Path.GetFileName(modelPath),
                () =>
                    ModelFile.Save(
                        model,
                        modelPath,
                        TrainingNotes.Of(data, train.ClassNames, new SoftmaxCrossEntropy())
                    )
            );
    }
}
