using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Tests.Terminal;

public sealed class LongWorkTests
{
    [Fact]
    public void Work_that_is_not_done_soon_is_announced_once_and_other_work_is_not()
    {
        using var error = new StringWriter();
        using var shared = TextWriter.Synchronized(error);
        var context = new CommandContext(
            CleanWriter.Over(TextWriter.Null),
            CleanWriter.Over(shared),
            false,
            CancellationToken.None
        );
        Assert.Equal(1, context.Announced("reading short.onnx", () => 1));
        Assert.Equal(
            2,
            context.Announced(
                "reading long.onnx",
                () =>
                {
                    SpinWait.SpinUntil(HasBegun, TimeSpan.FromSeconds(60));
                    return 2;
                }
            )
        );
        Assert.Equal("reading long.onnx ...", error.ToString().Trim());

        // The writer locks itself while it writes.
        bool HasBegun()
        {
            lock (shared)
                return error.GetStringBuilder().Length > 0;
        }
    }
}
