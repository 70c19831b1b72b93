using System.Globalization;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Tests.Loops;

public sealed class CachesTests
{
    private const string Described = "/sys/devices/system/cpu/cpu0/cache";

    [Fact]
    public void The_last_level_is_as_large_as_the_system_says() => AssertLargest(Caches.LastLevelBytes, _ => true);

    [Fact]
    public void The_first_level_is_as_large_as_the_system_says() =>
        AssertLargest(Caches.FirstLevelBytes, cache => Read(cache, "level") == "1");

    [Fact]
    public void The_second_level_is_as_large_as_the_system_says() =>
        AssertLargest(Caches.SecondLevelBytes, cache => Read(cache, "level") == "2");

    [Fact]
    public void A_block_takes_no_more_than_a_quarter_of_a_second_level_unless_that_is_tiny() =>
        Assert.InRange(Caches.BlockBytes, 1, Math.Max(128 << 10, Caches.SecondLevelBytes / 4));

    private static void AssertLargest(long bytes, Func<string, bool> counts)
    {
        Assert.SkipUnless(Directory.Exists(Described), "This system does not describe its caches.");
        long largest = Directory
            .GetDirectories(Described, "index*")
            .Where(cache => Read(cache, "type") != "Instruction" && counts(cache))
            .Max(cache => long.Parse(Read(cache, "size").TrimEnd('K'), CultureInfo.InvariantCulture));
        Assert.Equal(largest << 10, bytes);
    }

    private static string Read(string cache, string what) => File.ReadAllText(Path.Combine(cache, what)).Trim();
}
