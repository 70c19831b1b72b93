using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Terminal;

public sealed class CompletionsTests
{
    [Theory]
    [InlineData("evenkeel tr", "train")]
    [InlineData("/opt/tools/evenkeel reproduce i", "inception")]
    [InlineData("evenkeel train a.json --lear", "--learning-rate")]
    [InlineData("evenkeel plan ", "--json")]
    public void A_shell_is_told_what_may_come(string line, string word)
    {
        string[] words = Shell.Run($"[suggest:{line.Length}]", line).Expect(0).Out.Split(Environment.NewLine);
        Assert.Contains(word, words);
        Assert.DoesNotContain("selfcheck", words);
    }

    [Fact]
    public void All_verbs_follow_the_name()
    {
        string[] words = Shell.Run("[suggest:9]", "evenkeel ").Expect(0).Out.Split(Environment.NewLine);
        Assert.Superset(new HashSet<string> { "train", "run", "selfcheck" }, words.ToHashSet());
    }

    [Fact]
    public void Another_word_in_brackets_completes_nothing() =>
        Assert.Empty(Shell.Run("[suggest:x]", "evenkeel ").Expect(2).Out);
}
