using System.Diagnostics;
using Evenkeel.Cli.Files;
using Evenkeel.Cli.Terminal;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Runs.Files;

namespace Evenkeel.Cli.Tests.Terminal;

public sealed class ShellWordTests
{
    public static TheoryData<string> Words =>
        ["plain.npy", "", "a b", "it's", "$(reboot) `reboot` \\", "a\n\u001b[2J'\\\u009b\u202e é.npy", Hostile.Name];

    [Theory]
    [MemberData(nameof(Words))]
    public void A_shell_takes_a_word_for_what_it_is_and_a_terminal_sees_no_control_character(string word)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "there is no /bin/bash");
        string quoted = ShellWord.Quote(word);
        Hostile.RequireHarmless(quoted);
        Assert.DoesNotContain('\n', quoted);
        using var shell = Process.Start(
            new ProcessStartInfo("/bin/bash", ["-c", $"printf %s {quoted}"]) { RedirectStandardOutput = true }
        )!;
        Assert.Equal(word, shell.StandardOutput.ReadToEnd());
    }

    [Fact]
    public void Code_to_copy_holds_a_name_as_text_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "such names are none on Windows");
        string told = ModelRemedy.Of(FileKind.PyTorch, "/data/x'); evil('\n.pt");
        Assert.Contains(@"torch.load('x\'); evil(\'\u000a.pt', weights_only=True)", told, StringComparison.Ordinal);
        Assert.Contains(
            "unzip 'a; reboot.zip'",
            ModelRemedy.Of(FileKind.Zip, "a; reboot.zip"),
            StringComparison.Ordinal
        );
    }
}
