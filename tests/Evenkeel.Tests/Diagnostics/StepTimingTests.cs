using Evenkeel.Diagnostics;

namespace Evenkeel.Tests.Diagnostics;

public sealed class StepTimingTests
{
    private static readonly Graph Net = Network.Input(9).Linear(5).BatchNorm().Sigmoid().Linear(3).Build();

    [Fact]
    public void Timing_counts_its_steps()
    {
        StepTiming timing = StepTiming.Measure(Net, 8, 400, new TrainingOptions { Threads = 1 });
        Assert.Equal(400, timing.Steps);
        Assert.InRange(timing.MinSeconds, 0, timing.MedianSeconds);
        Assert.True(timing.MedianSeconds > 0);
    }

    [Fact]
    public void A_profile_has_a_row_for_every_step_and_the_host()
    {
        IReadOnlyList<ProfileRow> rows = ProfileRow.Measure(Net, 8, 10, new TrainingOptions { Threads = 1 });
        Assert.Equal("Host", rows[^1].Kernel);
        Assert.Equal(
            2,
            rows.Count(r => r is { Layer: "batchnorm1", Kernel: "NormalizeForward" or "BatchInputGradient" })
        );
        Assert.All(rows.SkipLast(1), r => Assert.True(r.Microseconds > 0));
    }
}
