using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Tests.Terminal;

public sealed class LineProgressTests
{
    [Fact]
    public void Quick_work_is_one_plain_line_at_the_end()
    {
        string text = Follow(10, 0);
        string line = Assert.Single(text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("training: 10/10 steps (100%), ", line, StringComparison.Ordinal);
        Assert.EndsWith("steps/s, loss 0.5", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', text);
    }

    [Fact]
    public void Work_that_ends_early_says_how_far_it_came_and_what_was_left()
    {
        string line = Follow(4, 0);
        Assert.StartsWith("training: 4/10 steps (40%), ", line, StringComparison.Ordinal);
        Assert.Contains(" left", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Work_that_was_done_before_counts_in_the_share_but_not_in_the_rate()
    {
        Assert.StartsWith("training: 10/10 steps (100%), 0.0 steps/s", Follow(10, 10), StringComparison.Ordinal);
    }

    private static string Follow(long reached, long before)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        new LineProgress(writer).Follow(
            "training",
            "steps",
            before,
            10,
            task =>
            {
                for (long done = before; done <= reached; done++)
                {
                    if (task.IsDue || done == reached)
                        task.Describe($"loss {0.5}");
                    task.Report(done);
                }

                return 0;
            }
        );
        return writer.ToString();
    }
}
