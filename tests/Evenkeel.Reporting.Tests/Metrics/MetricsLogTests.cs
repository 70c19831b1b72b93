using Evenkeel.Reporting.Metrics;

namespace Evenkeel.Reporting.Tests.Metrics;

public sealed class MetricsLogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string FilePath => folder.File("metrics.jsonl");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Lines_come_back_with_what_json_has_no_number_for()
    {
        using (var log = MetricsLog.Create(FilePath))
        {
            log.Append(0, ("loss", 2.302585092994046), ("bn1/\"γ\"", 1e-300));
            log.Append(10, ("loss", double.NaN), ("a", double.PositiveInfinity), ("b", double.NegativeInfinity));
            log.Append(10);
        }
        string[] lines = File.ReadAllLines(FilePath);
        Assert.Equal("""{"step":10,"loss":"NaN","a":"Infinity","b":"-Infinity"}""", lines[1]);
        Assert.Equal("""{"step":10}""", lines[2]);
        MetricsHistory history = MetricsHistory.Read(FilePath);
        Assert.Equal([0, 10, 10], history.Rows.Select(row => row.Step));
        Assert.Equal(["loss", "bn1/\"γ\"", "a", "b"], history.Names);
        Assert.Equal(1e-300, history.Rows[0].Values["bn1/\"γ\""]);
        (IReadOnlyList<double> steps, IReadOnlyList<double> values) = history.Series("loss");
        Assert.Equal([0, 10], steps);
        Assert.Equal([2.302585092994046, double.NaN], values);
        Assert.Empty(history.Series("none").Steps);
        MetricsRow row = Assert.Single(history.RowsWith("b"));
        Assert.Equal((10, 3), (row.Step, row.Values.Count));
        Assert.Equal(["loss", "a", "b"], row.Values.Keys);
        Assert.Equal([0, 10], history.RowsWith("loss").Select(r => r.Step));
        Assert.Empty(history.RowsWith("none"));
        Assert.Empty(history.Rows[2].Values);
    }

    [Fact]
    public void Resuming_takes_back_what_comes_after_the_checkpoint()
    {
        using (var log = MetricsLog.Create(FilePath))
        {
            for (int step = 1; step <= 2000; step++)
                log.Append(step, ("loss", 1.0 / step), ("text to make the file longer than one buffer", step));
        }
        File.AppendAllText(FilePath, "{\"step\":2001,\"lo");
        using (var log = MetricsLog.Resume(FilePath, 1500))
        {
            Assert.Equal(1500, log.LastStep);
            Assert.Throws<ArgumentException>(() => log.Append(1499));
            log.Append(1501, ("loss", 7));
        }
        MetricsHistory history = MetricsHistory.Read(FilePath);
        Assert.Equal(Enumerable.Range(1, 1501).Select(i => (long)i), history.Rows.Select(row => row.Step));
        Assert.Equal(7, history.Rows[^1].Values["loss"]);
        Assert.Equal(1.0 / 1500, history.Rows[^2].Values["loss"]);
    }

    [Theory]
    [InlineData("{\"step\":2,\"loss\":3")]
    [InlineData("{\"step\":2,\"loss\":3}")]
    [InlineData("{\"step\":2,\"loss\":\n")]
    [InlineData("\0\0\0\0\0\0\n")]
    [InlineData("{\"step\":\"2\"}\n")]
    [InlineData("{\"loss\":1}\n")]
    [InlineData("{\"step\":2,\"loss\":true}\n")]
    [InlineData("[1]\n")]
    [InlineData("{\"step\":2} {}\n")]
    public void A_torn_last_line_is_passed_over_and_removed(string torn)
    {
        File.WriteAllText(FilePath, "{\"step\":1,\"loss\":5}\n" + torn);
        Assert.Equal(5, Assert.Single(MetricsHistory.Read(FilePath).Rows).Values["loss"]);
        using (var log = MetricsLog.Resume(FilePath, 100))
            log.Append(2, ("loss", 6));
        Assert.Equal(["{\"step\":1,\"loss\":5}", "{\"step\":2,\"loss\":6}"], File.ReadAllLines(FilePath));
    }

    [Fact]
    public void Damage_before_the_last_line_is_told_and_left_alone()
    {
        const string damaged = "{\"step\":1}\n{\"st\n{\"step\":3}\n";
        File.WriteAllText(FilePath, damaged);
        var read = Assert.Throws<InvalidDataException>(() => MetricsHistory.Read(FilePath));
        Assert.Equal($"{FilePath}: line 2 is damaged; remove it to read the others", read.Message);
        Assert.Throws<InvalidDataException>(() => MetricsLog.Resume(FilePath, 3));
        Assert.Equal(damaged, File.ReadAllText(FilePath));
    }

    [Fact]
    public void Resuming_before_the_first_line_or_without_a_file_begins_anew()
    {
        using (var log = MetricsLog.Resume(FilePath, 5))
        {
            Assert.Equal(-1, log.LastStep);
            log.Append(6);
        }
        using (var log = MetricsLog.Resume(FilePath, 5))
            Assert.Equal(-1, log.LastStep);
        Assert.Empty(MetricsHistory.Read(FilePath).Rows);
    }

    [Fact]
    public void Lines_are_handed_over_at_the_cadence_and_when_asked()
    {
        var clock = new StillClock();
        using var log = MetricsLog.Create(FilePath, TimeSpan.FromSeconds(2), clock);
        log.Append(1);
        Assert.Empty(MetricsHistory.Read(FilePath).Rows);
        clock.Now += TimeSpan.FromSeconds(2);
        log.Append(2);
        Assert.Equal(2, MetricsHistory.Read(FilePath).Rows.Count);
        log.Append(3);
        Assert.Equal(2, MetricsHistory.Read(FilePath).Rows.Count);
        log.Flush();
        Assert.Equal(3, MetricsHistory.Read(FilePath).Rows.Count);
    }

    [Fact]
    public void A_line_longer_than_any_buffer_is_read_and_a_file_of_one_endless_line_is_refused()
    {
        using (var log = MetricsLog.Create(FilePath))
            log.Append(1, (new string('x', 300_000), 4));
        Assert.Equal(4, MetricsHistory.Read(FilePath).Rows[0].Values.Single().Value);
        File.WriteAllBytes(FilePath, new byte[(1 << 24) + 10]);
        Assert.Contains(
            "not a metrics file",
            Assert.Throws<InvalidDataException>(() => MetricsHistory.Read(FilePath)).Message
        );
    }

    [Fact]
    public void A_long_history_keeps_every_value()
    {
        // More than a block of a column has.
        const int Lines = 20_000;
        using (var log = MetricsLog.Create(FilePath))
        {
            for (int step = 0; step < Lines; step++)
                log.Append(step, ("loss", 2.0 * step), ("learningRate", 0.1));
        }

        var history = MetricsHistory.Read(FilePath);
        Assert.Equal(["loss", "learningRate"], history.Names);
        (IReadOnlyList<double> steps, IReadOnlyList<double> values) = history.Series("loss");
        Assert.Equal(Enumerable.Range(0, Lines).Select(i => (double)i), steps);
        Assert.Equal(Enumerable.Range(0, Lines).Select(i => 2.0 * i), values);
        Assert.Equal(2.0 * (Lines - 1), history.Rows[^1].Values["loss"]);
        Assert.Equal(Enumerable.Repeat(0.1, Lines), history.Series("learningRate").Values);
    }

    [Fact]
    public void Step_is_no_name_for_a_value()
    {
        using var log = MetricsLog.Create(FilePath);
        Assert.Throws<ArgumentException>(() => log.Append(1, ("step", 2)));
    }

    [Fact]
    public void Appending_allocates_nothing()
    {
        using var log = MetricsLog.Create(FilePath, TimeSpan.Zero);
        log.Append(0, ("loss", 0.5), ("accuracy", double.NaN));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 1; step <= 1000; step++)
            log.Append(step, ("loss", 0.5 / step), ("accuracy", double.NaN));
        // Not asserted as zero: the file stream may renew a buffer of its own once.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }
}
