using Evenkeel.Testing.Fuzzing;

namespace Evenkeel.Data.Tests;

/// <summary>Damaged files in short form; the long one is <c>Evenkeel.Bench fuzz</c>.</summary>
public sealed class FuzzTests
{
    private const int Cases = 300;

    private static readonly FuzzTarget[] Targets =
    [
        DataTargets.Npy,
        DataTargets.NpzBytes,
        DataTargets.NpzStructure,
        DataTargets.Idx,
        DataTargets.Tar,
        DataTargets.Jpeg,
        DataTargets.ManagedJpeg,
        DataTargets.Png,
    ];

    public static TheoryData<string, string> Kinds =>
        [.. Targets.SelectMany(t => t.Damages.Select(d => (t.Name, d.Name)))];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Damaged_files_are_read_or_refused_in_little_memory(string format, string damage)
    {
        (FuzzTarget target, FuzzDamage how) = Targets
            .SelectMany(t => t.Damages.Select(d => (t, d)))
            .Single(pair => pair.t.Name == format && pair.d.Name == damage);
        FuzzResult result = FuzzRun.Short(target, how, Cases);
        Assert.Empty(result.Faults);
        Assert.InRange(result.Accepted, 1, Cases - 1);
    }
}
