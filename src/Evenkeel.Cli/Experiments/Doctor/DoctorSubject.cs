using Evenkeel.Data.Sampling;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Cli.Experiments.Doctor;

/// <summary>A trained network, and what is done to copies of it.</summary>
internal sealed class DoctorSubject : IDisposable
{
    private const int BatchSize = 64;
    private const double Rate = 0.2;

    private readonly long _steps;
    private readonly ulong _seed;
    private readonly int _threads;

    public DoctorSubject(DoctorNetwork network, long steps, ulong seed, int threads)
    {
        (Network, _steps, _seed, _threads) = (network, steps, seed, threads);
        Trained = Model.Create(network.Graph, seed);
        Step(Trained, network.Train, steps, Options());
    }

    public DoctorNetwork Network { get; }

    /// <summary>The network as training left it.</summary>
    public Model Trained { get; }

    /// <summary>A copy whose tensors, by the ends of their names, are changed.</summary>
    public Model Changed(string tensor, Action<Span<float>> change)
    {
        Model copy = Trained.Clone();
        foreach (Node norm in StatisticsDamage.Norms(copy))
            change(copy.Floats($"{norm.Name}.{tensor}"));
        return copy;
    }

    /// <summary>A copy whose statistics went on to be averaged otherwise.</summary>
    public Model Averaged(long updates, int batch, double rate = 0.1)
    {
        using Model origin = StatisticsDamage.WithRate(Trained, rate);
        return StatisticsDamage.Updated(origin, Network.Train, updates, Options() with { BatchSize = batch });
    }

    /// <summary>A copy whose statistics began anew and were updated a few times.</summary>
    public Model Begun(long updates) => StatisticsDamage.Begun(Trained, Network.Train, updates, Options());

    /// <summary>A copy whose statistics saw the training data sorted by class.</summary>
    public Model SawSorted()
    {
        IDataset train = Network.Train;
        int[] labels = new int[train.Count],
            all = [.. Enumerable.Range(0, train.Count)];
        float[] inputs = new float[train.InputLength];
        foreach (int i in all)
            train.Read([i], inputs, labels.AsSpan(i, 1));
        IDataset sorted = train.Pick([.. all.OrderBy(i => labels[i])]);
        return StatisticsDamage.Updated(
            Trained,
            sorted,
            train.Count / BatchSize,
            Options() with
            {
                Shuffle = ShuffleMode.None,
            }
        );
    }

    /// <summary>A network whose weights went on while its statistics stayed behind.</summary>
    public Model LeftBehind()
    {
        Model moved = Trained.Clone();
        Step(moved, Network.Train, Math.Max(1, _steps / 4), Options());
        foreach (Node norm in StatisticsDamage.Norms(moved))
        {
            foreach (string tensor in (string[])["running_mean", "running_var"])
                Trained.Floats($"{norm.Name}.{tensor}").CopyTo(moved.Floats($"{norm.Name}.{tensor}"));
        }

        return moved;
    }

    /// <summary>Weights averaged over training, with the statistics of where the average begins.</summary>
    public Model AveragedWeights()
    {
        const int snapshots = 8;
        using Model moving = Trained.Clone();
        Model mean = Trained.Clone();
        using var trainer = new Trainer(moving, Network.Train, Options());
        for (int n = 1; n < snapshots; n++)
        {
            trainer.Run(Math.Max(1, _steps / 8));
            Span<float> sum = mean.Trainable,
                now = moving.Trainable;
            for (int i = 0; i < sum.Length; i++)
                sum[i] += (now[i] - sum[i]) / (n + 1);
        }

        return mean;
    }

    /// <summary>A network that was trained with statistics 0 and 1 throughout.</summary>
    public Model FrozenFromStart()
    {
        Graph graph = Network.Graph.ReplaceEach<BatchNorm>(
            (_, norm) => norm with { NormalizeWith = StatisticsSource.Running, UpdateStatistics = false }
        );
        var model = Model.Create(graph, _seed);
        Step(model, Network.Train, _steps, Options() with { LearningRate = new ConstantRate(Rate / 2) });
        return model;
    }

    /// <summary>A network that was trained for a quarter of the time.</summary>
    public Model CutShort()
    {
        var model = Model.Create(Network.Graph, _seed);
        Step(model, Network.Train, Math.Max(1, _steps / 4), Options());
        return model;
    }

    public void Dispose() => Trained.Dispose();

    private static void Step(Model model, IDataset data, long steps, TrainingOptions options)
    {
        using var trainer = new Trainer(model, data, options);
        trainer.Run(steps);
    }

    private TrainingOptions Options() =>
        new()
        {
            BatchSize = BatchSize,
            LearningRate = new ConstantRate(Rate),
            Seed = _seed,
            Threads = _threads,
        };
}
