using Evenkeel.Diagnostics;
using Evenkeel.Training;

namespace Evenkeel.Cli.Experiments.Doctor;

/// <summary>One answer of the doctor beside the truth.</summary>
/// <param name="Network">Network and data.</param>
/// <param name="Seed">Seed of the network.</param>
/// <param name="Damage">What happened to it.</param>
/// <param name="Diagnosis">What the doctor said.</param>
/// <param name="Truth">
/// What recalibrating on the training data does on examples that the doctor never saw; null where it cannot be done.
/// </param>
internal sealed record DoctorAnswer(
    string Network,
    ulong Seed,
    DoctorDamage Damage,
    Diagnosis Diagnosis,
    RemedyTrial? Truth
)
{
    // A gain just above what matters may be within the errors of the doctor's thousand examples: this much must not be missed.
    private const double PlainLossShare = 2 * RemedyTrial.MinLossShare;
    private const double PlainAccuracy = 3 * RemedyTrial.MinAccuracy;

    // A network whose loss is all but that of guessing has learned nothing, and nothing can be told of it.
    private const double Learned = 0.98;

    /// <summary>Whether much is lost: a miss if it is not found.</summary>
    public bool MuchIsLost =>
        Truth?.Outcome == TrialOutcome.Better
        && (-Truth.Loss.Mean >= PlainLossShare * Truth.Before.Loss || Truth.Accuracy.Mean >= PlainAccuracy);

    /// <summary>Whether nothing is lost: a false alarm if something is found.</summary>
    public bool NothingIsLost => Truth is { } truth && truth.Loss.Mean >= 0 && truth.Accuracy.Mean <= 0;

    /// <summary>Whether the answer is wrong: an alarm without a loss, an all-clear with one, or another cause than the right one.</summary>
    public bool IsWrong =>
        Damage.Always ? Diagnosis.Cause != Damage.Cause
        : Diagnosis.Cause == StatisticsCause.None ? MuchIsLost
        : Diagnosis.Cause == StatisticsCause.CannotTell ? Truth!.Before.Loss < Learned * Truth.Guessing
        : NothingIsLost || (Diagnosis.Cause != Damage.Cause && Diagnosis.Cause != StatisticsCause.Stale);
}

/// <summary>Every damage on every network, diagnosed; the truth is what repair does on data that the doctor never saw.</summary>
internal static class DoctorMatrix
{
    /// <summary>Runs one network with one seed.</summary>
    public static IReadOnlyList<DoctorAnswer> Run(
        DoctorNetwork network,
        long steps,
        ulong seed,
        int threads,
        Action<int> progress,
        CancellationToken cancellation
    )
    {
        using var subject = new DoctorSubject(network, steps, seed, threads);
        using var device = Device.Cpu(threads);
        var answers = new List<DoctorAnswer>();
        foreach (DoctorDamage damage in DoctorDamage.All)
        {
            cancellation.ThrowIfCancellationRequested();
            using Model model = damage.Apply(subject);
            Diagnosis diagnosis = model.Diagnose(damage.Read(network, network.Test), device: device);
            RemedyTrial? truth = damage.Always ? null : Truth(model, network, damage, device);
            answers.Add(new DoctorAnswer(network.Name, seed, damage, diagnosis, truth));
            progress(answers.Count);
        }

        return answers;
    }

    private static RemedyTrial Truth(Model model, DoctorNetwork network, DoctorDamage damage, Device device)
    {
        using Model repaired = model.Clone();
        var once = new RecalibrationOptions { Order = RecalibrationOrder.OnePass };
        repaired.Recalibrate(damage.Read(network, network.Train), once, device);
        return RemedyTrial.Measure(model, repaired, damage.Read(network, network.Judge), "the truth", device);
    }
}
