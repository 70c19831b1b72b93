using Evenkeel.Diagnostics;
using Evenkeel.Graphs;

namespace Evenkeel.Cli.Experiments.Doctor;

/// <summary>Something that happens to a network or to its data.</summary>
/// <param name="Name">What, in a few words.</param>
/// <param name="Cause">What the doctor should call it where something is lost by it.</param>
/// <param name="Apply">Makes the damaged copy.</param>
internal sealed record DoctorDamage(string Name, StatisticsCause Cause, Func<DoctorSubject, Model> Apply)
{
    /// <summary>How the data is read that the network meets.</summary>
    public Func<DoctorNetwork, IDataset, IDataset> Read { get; init; } = (_, data) => data;

    /// <summary>Whether it must be named whatever is lost: it is a fact, or no statistics help.</summary>
    public bool Always { get; init; }

    /// <summary>All of them; the first are none.</summary>
    public static IReadOnlyList<DoctorDamage> All { get; } =
    [
        new("none", StatisticsCause.Stale, s => s.Trained.Clone()),
        new("none, a quarter of the steps", StatisticsCause.Stale, s => s.CutShort()),
        // Where recalibration does better all the same, that they were never updated is what is wrong with them.
        new("trained with statistics 0 and 1", StatisticsCause.TooFewUpdates, s => s.FrozenFromStart()),
        new("weights moved on", StatisticsCause.Stale, s => s.LeftBehind()),
        new("weights averaged", StatisticsCause.Stale, s => s.AveragedWeights()),
        new("batches of two", StatisticsCause.TinyBatches, s => s.Averaged(300, 2)),
        new("update rate 0.99, batches of 4", StatisticsCause.UpdateRate, s => s.Averaged(50, 4, 0.99)),
        new("training data sorted by class", StatisticsCause.SortedData, s => s.SawSorted()),
        new("four updates", StatisticsCause.TooFewUpdates, s => s.Begun(4)),
        new("ten updates", StatisticsCause.TooFewUpdates, s => s.Begun(10)),
        new("Caffe's factor 999.98", StatisticsCause.ScaleFactor, CaffesFactor),
        new("deviations for variances", StatisticsCause.Convention, s => Variances(s, MathF.Sqrt)),
        new("inverse deviations", StatisticsCause.Convention, s => Variances(s, v => 1 / MathF.Sqrt(v + 1e-5f))),
        new("NaN in a variance", StatisticsCause.Poisoned, s => s.Changed("running_var", v => v[0] = float.NaN))
        {
            Always = true,
        },
        new("NaN in a weight", StatisticsCause.NotFiniteWeights, NotFiniteWeight) { Always = true },
        new("low contrast", StatisticsCause.DomainShift, s => s.Trained.Clone())
        {
            Read = (network, data) => new MappedData(data, network.LowContrast),
        },
        new("inverted data", StatisticsCause.DomainShift, s => s.Trained.Clone())
        {
            Read = (network, data) => new MappedData(data, network.Inverse),
            Always = true,
        },
        new("40 examples", StatisticsCause.CannotTell, s => s.Begun(4)) { Read = (_, d) => d.Take(40), Always = true },
        new("one example", StatisticsCause.CannotTell, s => s.Begun(4)) { Read = (_, d) => d.Take(1), Always = true },
        new("one example 100 times", StatisticsCause.CannotTell, s => s.Begun(4))
        {
            Read = (_, data) => data.Pick(new int[100]),
            Always = true,
        },
    ];

    private static Model Variances(DoctorSubject subject, Func<float, float> map) =>
        subject.Changed(
            "running_var",
            values =>
            {
                foreach (ref float value in values)
                    value = map(value);
            }
        );

    private static Model CaffesFactor(DoctorSubject subject)
    {
        Model copy = subject.Trained.Clone();
        foreach (Node norm in StatisticsDamage.Norms(copy))
        {
            foreach (string tensor in (string[])["running_mean", "running_var"])
            {
                foreach (ref float value in copy.Floats($"{norm.Name}.{tensor}"))
                    value *= 999.98f;
            }
        }

        return copy;
    }

    private static Model NotFiniteWeight(DoctorSubject subject)
    {
        Model copy = subject.Trained.Clone();
        copy.Trainable[0] = float.NaN;
        return copy;
    }
}

/// <summary>The same examples with every value changed.</summary>
internal sealed class MappedData(IDataset source, Func<float, float> map) : IDataset
{
    public string Name => $"{source.Name}, values changed";

    public int Count => source.Count;

    public IReadOnlyList<int> Shape => source.Shape;

    public int InputLength => source.InputLength;

    public int Classes => source.Classes;

    public int LabelLength => source.LabelLength;

    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels)
    {
        source.Read(indices, inputs, labels);
        foreach (ref float value in inputs)
            value = map(value);
    }
}
