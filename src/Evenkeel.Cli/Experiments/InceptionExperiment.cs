using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;

namespace Evenkeel.Cli.Experiments;

/// <summary>Section 4.2 on given images: the networks of figures 2 and 3, then, if asked for, the ensemble of figure 4.</summary>
internal sealed class InceptionExperiment
{
    private readonly IImageSource _train;
    private readonly IImageSource _test;
    private readonly ChannelScaling _scaling;
    private readonly ImageDataConfig _data;
    private readonly InceptionRun[] _planned;

    /// <summary>Plans the runs.</summary>
    /// <param name="images">Training and test images.</param>
    /// <param name="data">Where they come from; noted in the trained networks.</param>
    /// <param name="recipes">The networks; the first is the baseline of the table.</param>
    /// <param name="ensemble">Networks of the ensemble, 0 for none.</param>
    /// <param name="options">The scale.</param>
    /// <param name="folder">Where trained networks are saved.</param>
    public InceptionExperiment(
        ImageSplit images,
        ImageDataConfig data,
        IEnumerable<InceptionRecipe> recipes,
        int ensemble,
        InceptionExperimentOptions options,
        string folder
    )
    {
        (Options, DataName) = (options, images.Train.Name);
        _scaling = ChannelScaling.Measure(images.Train);
        _data = data with { Scaling = _scaling };
        _train = images.Train.Shuffled(options.Seed);
        _test = images.Test.Shuffled(options.Seed);
        _planned = [.. recipes.Select(recipe => Plan(recipe, folder))];
        EnsembleRuns = [.. EnsembleVariation.Recipes(ensemble).Select(recipe => Plan(recipe, folder))];
    }

    public InceptionExperimentOptions Options { get; }

    public string DataName { get; }

    /// <summary>The runs that began.</summary>
    public IReadOnlyList<InceptionRun> Runs => [.. _planned.Where(run => run.Points.Count > 0)];

    public IReadOnlyList<InceptionRun> EnsembleRuns { get; }

    /// <summary>Figure 4; null without an ensemble.</summary>
    public EnsembleResult? Ensemble { get; private set; }

    /// <summary>Steps of all runs.</summary>
    public long TotalSteps => (_planned.Length + EnsembleRuns.Count) * Options.Steps;

    /// <summary>Images to be asked about for figure 4, once for each network and way of cropping.</summary>
    public long TotalAsked => 2L * EnsembleRuns.Count * EnsembleCount;

    private int EnsembleCount => Math.Min(Options.EnsembleTestCount, _test.Count);

    /// <summary>Trains all networks, one after another.</summary>
    /// <param name="progress">Told the run and the steps done of all.</param>
    /// <param name="saving">Saves the networks.</param>
    /// <param name="cancellation">Stops the work.</param>
    public void Train(Action<InceptionRun, long> progress, Saving saving, CancellationToken cancellation)
    {
        var test = new ImageDataset(_test, Options.TestImages(_scaling));
        IDataset judged = test.Take(Math.Min(Options.TestCount, test.Count));
        long before = 0;
        foreach (InceptionRun run in _planned.Concat(EnsembleRuns))
        {
            long start = before;
            run.Run(_train, judged, _data, Options, step => progress(run, start + step), saving, cancellation);
            before += Options.Steps;
        }
    }

    /// <summary>Asks the ensemble, if there is one.</summary>
    public void Ask(Action<int> progress, CancellationToken cancellation)
    {
        if (EnsembleRuns.Count == 0)
            return;
        Ensemble = EnsembleResult.Measure(
            EnsembleRuns,
            _test.Slice(0, EnsembleCount),
            _scaling,
            Options,
            progress,
            cancellation
        );
    }

    private static InceptionRun Plan(InceptionRecipe recipe, string folder) =>
        new(recipe, Path.Combine(folder, $"{FileName(recipe.Name)}.safetensors"));

    private static string FileName(string name) =>
        name.Replace(" %", "", StringComparison.Ordinal)
            .Replace(",", "", StringComparison.Ordinal)
            .Replace(' ', '-')
            .ToLowerInvariant();
}
