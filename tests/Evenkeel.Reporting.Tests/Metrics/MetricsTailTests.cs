using Evenkeel.Reporting.Metrics;

namespace Evenkeel.Reporting.Tests.Metrics;

public sealed class MetricsTailTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<long> _steps = [];

    private string File => _folder.File("metrics.jsonl");

    [Fact]
    public void Each_line_is_handed_over_once()
    {
        var tail = new MetricsTail(File);
        Assert.False(Look(tail));
        using MetricsLog log = MetricsLog.Create(File, TimeSpan.Zero);
        for (int step = 1; step <= 50; step++)
        {
            log.Append(step, ("loss", 1.0 / step));
            Assert.True(Look(tail));
            Assert.False(Look(tail));
            Assert.Equal(Enumerable.Range(1, step).Select(i => (long)i), _steps);
        }
    }

    [Fact]
    public void A_torn_line_is_read_when_it_is_whole()
    {
        var tail = new MetricsTail(File);
        string line = """{"step":1,"loss":0.5}""" + "\n";
        for (int length = 0; length < line.Length; length++)
        {
            System.IO.File.WriteAllText(File, line[..length]);
            Assert.False(Look(tail));
        }

        System.IO.File.WriteAllText(File, line);
        Assert.True(Look(tail));
        Assert.Equal([1], _steps);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(25)]
    public void Lines_that_a_resumed_run_removed_are_forgotten(int again)
    {
        var tail = new MetricsTail(File);
        Write(1, 20);
        Look(tail);
        Write(1, 10, again);
        Assert.True(Look(tail));
        Assert.Equal([.. Steps(1, 10), .. Steps(11, again)], _steps);
    }

    [Fact]
    public void A_log_that_was_deleted_is_forgotten()
    {
        var tail = new MetricsTail(File);
        Write(1, 20);
        Look(tail);
        System.IO.File.Delete(File);
        Assert.True(Look(tail));
        Assert.Empty(_steps);
        Write(1, 3);
        Look(tail);
        Assert.Equal(Steps(1, 3), _steps);
    }

    [Fact]
    public void Damage_is_told_with_the_number_of_its_line_and_read_once_it_is_mended()
    {
        var tail = new MetricsTail(File);
        Write(1, 3);
        Look(tail);
        System.IO.File.AppendAllText(File, "damage\n{\"step\":4}\n");
        for (int look = 0; look < 2; look++)
            Assert.Contains(
                "line 4",
                Assert.Throws<InvalidDataException>(() => Look(tail)).Message,
                StringComparison.Ordinal
            );
        Write(1, 5);
        Look(tail);
        Assert.Equal(Steps(1, 5), _steps);
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<long> Steps(long first, long count) =>
        Enumerable.Range(0, (int)count).Select(i => first + i);

    private bool Look(MetricsTail tail) => tail.Read(_steps.Clear, (step, _) => _steps.Add(step));

    // As a run that stopped at a step and goes on from there.
    private void Write(long first, int count, int more = 0)
    {
        using (MetricsLog log = MetricsLog.Create(File))
        {
            foreach (long step in Steps(first, count))
                log.Append(step, ("loss", 1));
        }

        if (more == 0)
            return;
        using MetricsLog resumed = MetricsLog.Resume(File, first + count - 1);
        foreach (long step in Steps(first + count, more))
            resumed.Append(step, ("loss", 2));
    }
}
