using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Images.Views;
using Evenkeel.Training;

namespace Evenkeel.Cli.Experiments;

/// <summary>A line of figure 4 of the paper.</summary>
/// <param name="Model">Which model or models.</param>
/// <param name="Views">Views of each image whose probabilities are averaged.</param>
/// <param name="Models">Models whose probabilities are averaged.</param>
/// <param name="TopOneError">Share of images whose most probable class is another, in [0, 1].</param>
/// <param name="TopFiveError">Share of images whose class is not among the five most probable, in [0, 1].</param>
internal sealed record EnsembleLine(string Model, int Views, int Models, double TopOneError, double TopFiveError);

/// <summary>Section 4.2.3: single crop, many crops, and the ensemble, on the same images.</summary>
/// <param name="Images">Images that were asked about.</param>
/// <param name="Lines">Each model by a single crop, the best of them by many, all of them by many.</param>
internal sealed record EnsembleResult(int Images, IReadOnlyList<EnsembleLine> Lines)
{
    /// <summary>Asks the trained networks.</summary>
    /// <param name="runs">Networks of the ensemble; those that diverged or could not be saved are left out.</param>
    /// <param name="images">What is asked about.</param>
    /// <param name="scaling">That of the training.</param>
    /// <param name="options">Size and threads.</param>
    /// <param name="progress">Told how many images are done; there are twice as many as images times networks.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <returns>Null if no network is left.</returns>
    public static EnsembleResult? Measure(
        IReadOnlyList<InceptionRun> runs,
        IImageSource images,
        ChannelScaling scaling,
        InceptionExperimentOptions options,
        Action<int> progress,
        CancellationToken cancellation
    )
    {
        MultiCrop single = MultiCrop.Single(options.Size, 1),
            many = MultiCrop.All144(options.Size);
        using var device = Device.Cpu(options.Threads);
        var lines = new List<(EnsembleLine Single, ClassProbabilities Many)>();
        int done = 0;
        foreach (InceptionRun run in runs.Where(r => r.IsSaved))
        {
            using Model model = ModelFile.Load(run.ModelPath);
            ClassProbabilities one = Ask(model, single),
                all = Ask(model, many);
            lines.Add((Line(run.Recipe.Name, single, 1, one), all));
        }

        if (lines.Count == 0)
            return null;
        (EnsembleLine best, ClassProbabilities bestMany) = lines.MinBy(l => l.Single.TopOneError);
        return new EnsembleResult(
            images.Count,
            [
                .. lines.Select(l => l.Single),
                Line(best.Model, many, 1, bestMany),
                Line("ensemble", many, lines.Count, ClassProbabilities.Mean([.. lines.Select(l => l.Many)])),
            ]
        );

        ClassProbabilities Ask(Model model, MultiCrop views)
        {
            int before = done;
            void Tell(int count) => progress(done = before + count);
            return ClassProbabilities.Measure(model, images, views, scaling, device, Tell, cancellation: cancellation);
        }
    }

    private static EnsembleLine Line(string name, MultiCrop views, int models, ClassProbabilities result) =>
        new(name, views.Count, models, 1 - result.Accuracy, 1 - result.TopFive);
}
