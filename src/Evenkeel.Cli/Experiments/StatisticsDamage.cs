using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Cli.Experiments;

/// <summary>Running statistics as users' mistakes leave them; the weights stay as they are.</summary>
/// <param name="Name">What happened, in a few words.</param>
/// <param name="Encoding">How the pixels are read that the network meets.</param>
/// <param name="Apply">Makes the damaged copy.</param>
internal sealed record StatisticsDamage(string Name, PixelEncoding Encoding, Func<Model, IDataset, Model> Apply)
{
    // Updates statistics and changes no weight: an update of this size is lost in rounding.
    private const double Still = 1e-30;

    /// <summary>All of them; the first is none.</summary>
    public static IReadOnlyList<StatisticsDamage> All { get; } =
    [
        new("none", PixelEncoding.UnitScale, (model, _) => model.Clone()),
        new(
            "statistics from batches of two",
            PixelEncoding.UnitScale,
            (model, data) => Updated(model, data, 300, Batches(2))
        ),
        new(
            "four updates, then no more",
            PixelEncoding.UnitScale,
            (model, data) => Begun(model, data, 4, Batches(MnistExperimentOptions.BatchSize))
        ),
        new(
            "update rate 0.99 for 0.01, batches of 4",
            PixelEncoding.UnitScale,
            (model, data) => Updated(WithRate(model, 0.99), data, 50, Batches(4))
        ),
        new("one NaN in the second layer", PixelEncoding.UnitScale, (model, _) => Poisoned(model)),
        new("deviations stored as variances", PixelEncoding.UnitScale, (model, _) => Mapped(model, MathF.Sqrt)),
        new("data of low contrast (0.3 + 0.4 x)", PixelEncoding.Contrast(0.4, 0.3), (model, _) => model.Clone()),
        new("inverted data (1 - x)", PixelEncoding.Inverted, (model, _) => model.Clone()),
    ];

    /// <summary>The batch normalisations of a model.</summary>
    public static IEnumerable<Node> Norms(Model model) => model.Graph.Nodes.Where(n => n.Layer is BatchNorm);

    /// <summary>A copy whose statistics went on to be averaged, over batches of the options' size.</summary>
    public static Model Updated(Model model, IDataset data, long updates, TrainingOptions options)
    {
        Model copy = model.Clone();
        using var trainer = new Trainer(copy, data, options with { LearningRate = new ConstantRate(Still) });
        trainer.Run(updates);
        return copy;
    }

    /// <summary>A copy whose statistics began anew and were updated a few times.</summary>
    public static Model Begun(Model model, IDataset data, long updates, TrainingOptions options)
    {
        using Model copy = model.Clone();
        foreach (Node norm in Norms(copy))
        {
            copy.Floats($"{norm.Name}.running_mean").Clear();
            copy.Floats($"{norm.Name}.running_var").Fill(1);
            copy.Integers($"{norm.Name}.num_batches_tracked").Clear();
        }

        return Updated(copy, data, updates, options);
    }

    /// <summary>A copy with another update rate.</summary>
    public static Model WithRate(Model model, double rate)
    {
        Graph graph = model.Graph.ReplaceEach<BatchNorm>(
            (_, norm) => norm with { Convention = norm.Convention with { UpdateRate = rate } }
        );
        return model.With(graph);
    }

    private static Model Poisoned(Model model)
    {
        Model copy = model.Clone();
        copy.Floats($"{Norms(copy).ElementAt(1).Name}.running_var")[0] = float.NaN;
        return copy;
    }

    private static Model Mapped(Model model, Func<float, float> map)
    {
        Model copy = model.Clone();
        foreach (Node norm in Norms(copy))
        {
            foreach (ref float value in copy.Floats($"{norm.Name}.running_var"))
                value = map(value);
        }

        return copy;
    }

    /// <summary>Options for batches of a size, on one thread.</summary>
    public static TrainingOptions Batches(int size) => new() { BatchSize = size, Threads = 1 };
}
