using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Tests.Terminal;

public sealed class KnownErrorsTests
{
    [Fact]
    public void A_full_disk_says_how_to_go_on()
    {
        (int code, string text) = Report(new IOException("No space left on device : '/data/run/x'", 28));
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("Free some space and go on with 'evenkeel train --resume RUN'", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_permission_says_what_to_do()
    {
        (int code, string text) = Report(new UnauthorizedAccessException("Access to the path '/data' is denied."));
        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal(
            "evenkeel: Access to the path '/data' is denied. Choose another folder or change its permissions.\n",
            text
        );
    }

    [Fact]
    public void Several_lines_become_one()
    {
        Assert.Equal("evenkeel: first second\n", Report(new UsageException("first\r\n  second")).Text);
    }

    [Fact]
    public void Interruption_has_its_own_code() =>
        Assert.Equal(ExitCode.Interrupted, Report(new OperationCanceledException()).Code);

    private static (int Code, string Text) Report(Exception error)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        int code = KnownErrors.Report(error, writer);
        return (code, writer.ToString());
    }
}
