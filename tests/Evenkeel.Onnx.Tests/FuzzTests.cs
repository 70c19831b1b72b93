using Evenkeel.Testing.Fuzzing;

namespace Evenkeel.Onnx.Tests;

/// <summary>Damaged model files in short form; the long one is <c>Evenkeel.Bench fuzz</c>.</summary>
public sealed class FuzzTests
{
    private const int Cases = 400;

    private static readonly FuzzTarget[] Targets = [ModelTargets.Onnx, ModelTargets.SafeTensors, ModelTargets.Network];

    public static TheoryData<string, string> Kinds =>
        [.. Targets.SelectMany(t => t.Damages.Select(d => (t.Name, d.Name)))];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Damaged_files_are_read_or_refused_in_little_memory(string format, string damage)
    {
        FuzzTarget target = Targets.Single(t => t.Name == format);
        FuzzResult result = FuzzRun.Short(target, target.Damages.Single(d => d.Name == damage), Cases);
        Assert.Empty(result.Faults);
        // Random bytes in a text are hardly ever one again.
        Assert.InRange(result.Accepted, damage == "bytes" ? 0 : 1, Cases - 1);
    }
}
