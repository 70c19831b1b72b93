using Evenkeel.Data;
using Evenkeel.Networks;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Cli.Experiments;

/// <summary>Accuracy of a network before and after its statistics were measured anew.</summary>
/// <param name="At">What was varied.</param>
/// <param name="Before">Accuracy with the stored statistics.</param>
/// <param name="After">Accuracy with those of the data it meets.</param>
internal sealed record RepairPoint(double At, double Before, double After);

/// <summary>The same for one of users' mistakes.</summary>
/// <param name="Name">The mistake.</param>
/// <param name="Diagnosis">What the doctor says before.</param>
/// <param name="Before">Accuracy with the stored statistics.</param>
/// <param name="After">Accuracy with those of the data it meets.</param>
internal sealed record RepairedDamage(string Name, Diagnosis Diagnosis, double Before, double After);

/// <summary>
/// Trains the batch-normalised network of section 4.1, damages its statistics or changes its data, and repairs it with unlabelled data;
/// its weights never change.
/// </summary>
internal sealed class RepairExperiment(InMemoryDataset train, InMemoryDataset test, long steps, ulong seed, int threads)
{
    private const double Rate = 0.5;
    private const int Unlabelled = 10_000;
    private const int UpdatesOfBatches = 200;

    private static readonly double[] Contrasts = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];
    private static readonly int[] Batches = [2, 4, 8, 16, 32, 64, 128];

    private readonly List<RepairPoint> _contrasts = [];
    private readonly List<RepairPoint> _batches = [];
    private readonly List<RepairedDamage> _damages = [];

    public string DataName => train.Name.Replace(" train", "", StringComparison.Ordinal);

    public long Steps => steps;

    public ulong Seed => seed;

    /// <summary>By contrast of the images, around middle grey; 1 is that of the training.</summary>
    public IReadOnlyList<RepairPoint> ByContrast => _contrasts;

    /// <summary>By the size of the batches that the last two hundred updates came from.</summary>
    public IReadOnlyList<RepairPoint> ByBatch => _batches;

    public IReadOnlyList<RepairedDamage> Damages => _damages;

    /// <summary>Networks that are repaired.</summary>
    public static int Repairs => Contrasts.Length + Batches.Length + StatisticsDamage.All.Count;

    /// <summary>Trains; the model is the caller's.</summary>
    public Model Train(Action<long> progress, CancellationToken cancellation)
    {
        Model model = Model.Create(MnistNetwork.Create(true, MnistExperimentOptions.WeightDeviation), seed);
        var options = new TrainingOptions
        {
            BatchSize = MnistExperimentOptions.BatchSize,
            LearningRate = new ConstantRate(Rate),
            Seed = seed,
            Threads = threads,
        };
        using var trainer = new Trainer(model, train, options);
        trainer.Run(steps, step => progress(step.Step), cancellation);
        cancellation.ThrowIfCancellationRequested();
        return model;
    }

    /// <summary>Damages and repairs copies of the trained network.</summary>
    public void Repair(Model trained, Action<int> progress, CancellationToken cancellation)
    {
        using var device = Device.Cpu(threads);
        foreach (double contrast in Contrasts)
        {
            using Model model = trained.Clone();
            var encoding = PixelEncoding.Contrast(contrast, 0.5 * (1 - contrast));
            (double before, double after) = Measure(model, encoding, device, cancellation);
            _contrasts.Add(new RepairPoint(contrast, before, after));
            progress(_contrasts.Count);
        }

        foreach (int batch in Batches)
        {
            using Model model = StatisticsDamage.Updated(
                trained,
                train,
                UpdatesOfBatches,
                StatisticsDamage.Batches(batch)
            );
            (double before, double after) = Measure(model, PixelEncoding.UnitScale, device, cancellation);
            _batches.Add(new RepairPoint(batch, before, after));
            progress(_contrasts.Count + _batches.Count);
        }

        foreach (StatisticsDamage damage in StatisticsDamage.All)
        {
            using Model model = damage.Apply(trained, train);
            Diagnosis diagnosis = model.Diagnose(test.WithEncoding(damage.Encoding), device: device);
            (double before, double after) = Measure(model, damage.Encoding, device, cancellation);
            _damages.Add(new RepairedDamage(damage.Name, diagnosis, before, after));
            progress(_contrasts.Count + _batches.Count + _damages.Count);
        }
    }

    private (double Before, double After) Measure(
        Model model,
        PixelEncoding encoding,
        Device device,
        CancellationToken cancellation
    )
    {
        IDataset judged = test.WithEncoding(encoding);
        string weights = model.ParameterChecksum();
        double before = model.Evaluate(judged, device).Accuracy;
        IDataset unlabelled = train.WithEncoding(encoding).Take(Math.Min(Unlabelled, train.Count));
        model.Recalibrate(unlabelled, null, device, cancellation: cancellation);
        return model.ParameterChecksum() == weights
            ? (before, model.Evaluate(judged, device).Accuracy)
            : throw new InvalidOperationException("recalibration changed the weights");
    }
}
