using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Tests.Lanes;

public sealed class VectorWidthTests
{
    private const string CpuFile = "/proc/cpuinfo";

    [Fact]
    public void The_processors_width_is_what_the_system_says_it_has()
    {
        Assert.SkipUnless(File.Exists(CpuFile), $"there is no {CpuFile}");
        string? line = File.ReadLines(CpuFile).FirstOrDefault(l => l.StartsWith("flags", StringComparison.Ordinal));
        Assert.SkipWhen(
            line is null || VectorWidth.Bits == 32,
            "no flags of an x86 processor, or intrinsics are switched off"
        );
        HashSet<string> flags = [.. line.Split(' ')];
        string[] all = ["avx512f", "avx512dq", "avx512cd", "avx512bw", "avx512vl"];
        int expected =
            all.All(flags.Contains) ? 512
            : flags.Contains("avx2") ? 256
            : 128;
        Assert.Equal(expected, VectorWidth.ProcessorBits);
        Assert.InRange(VectorWidth.Bits, 128, VectorWidth.ProcessorBits);
    }

    [Fact]
    public void Words_name_both_widths_where_they_differ() =>
        Assert.Equal(
            VectorWidth.Bits < VectorWidth.ProcessorBits,
            VectorWidth.Words.Contains(" of ", StringComparison.Ordinal)
        );
}
