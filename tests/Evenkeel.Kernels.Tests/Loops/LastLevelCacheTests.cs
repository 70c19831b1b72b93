using System.Globalization;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Tests.Loops;

public sealed class LastLevelCacheTests
{
    private const string Caches = "/sys/devices/system/cpu/cpu0/cache";

    [Fact]
    public void Is_as_large_as_the_system_says()
    {
        Assert.SkipUnless(Directory.Exists(Caches), "This system does not describe its caches.");
        long largest = Directory.GetFiles(Caches, "size", SearchOption.AllDirectories).Max(Kilobytes);
        Assert.Equal(largest << 10, LastLevelCache.Bytes);
    }

    private static long Kilobytes(string file) =>
        long.Parse(File.ReadAllText(file).Trim().TrimEnd('K'), CultureInfo.InvariantCulture);
}
