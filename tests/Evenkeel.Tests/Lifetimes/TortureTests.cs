using Evenkeel.Testing.Torture;

namespace Evenkeel.Tests.Lifetimes;

/// <summary>A second of what the bench part <c>torture</c> does for minutes. It counts threads and memory, so nothing may run beside it.</summary>
public sealed class TortureTests
{
    [Fact]
    public void Random_calls_from_eight_threads_give_the_right_numbers_and_leave_nothing()
    {
        TortureResult result = TortureRun.Run(seed: 1, threads: 8, TimeSpan.FromSeconds(1));
        Assert.True(
            result.IsRight,
            $"threads {result.Threads}, bytes {result.Bytes}, faults:\n{string.Join('\n', result.Faults)}"
        );
        Assert.True(result.All.Done > 100 && result.All.Refused > 0, $"{result.All}");
    }
}
