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

    [Fact]
    public void Rows_of_a_kernel_are_summed_the_longest_first()
    {
        ProfileRow[] rows =
        [
            new("A", "one", 2) { Operations = 3, Bytes = 5 },
            new("B", "two", 9) { Operations = 7, Bytes = 1 },
            new("A", "three", 4) { Operations = 1, Bytes = 2 },
        ];
        Assert.Equal(
            [
                (1, new ProfileRow("B", "all", 9) { Operations = 7, Bytes = 1 }),
                (2, new ProfileRow("A", "all", 6) { Operations = 4, Bytes = 7 }),
            ],
            ProfileRow.ByKernel(rows)
        );
    }
}
