using System.Text.Json;
using Evenkeel.Cli.Terminal;

namespace Evenkeel.Cli.Tests.Terminal;

public sealed class CleanTextTests
{
    [Theory]
    [InlineData("plain µ 漢 😀", "plain µ 漢 😀")]
    [InlineData("a\u001b[2Jb", @"a\u001b[2Jb")]
    [InlineData("a\r\nb\tc", @"a\u000d\u000ab\u0009c")]
    [InlineData("\u0007\b\u007f\u0080\u009f", @"\u0007\u0008\u007f\u0080\u009f")]
    [InlineData(
        "\u202a\u202e\u2066\u2069\u200b\u2028\u2029\ufeff",
        @"\u202a\u202e\u2066\u2069\u200b\u2028\u2029\ufeff"
    )]
    [InlineData("\udb40\udc41", @"\udb40\udc41")]
    public void What_cannot_be_seen_is_spelt_as_in_JSON(string text, string clean) =>
        Assert.Equal(clean, CleanText.Of(text));

    // Attributes cannot hold half a pair.
    [Fact]
    public void Half_a_pair_is_spelt() => Assert.Equal(@"\ud83dx\ude00", CleanText.Of("\ud83dx\ude00"));

    [Fact]
    public void Every_character_is_shown_or_spelt_so_that_JSON_gives_it_back()
    {
        for (int c = 0; c <= char.MaxValue; c++)
        {
            string text = ((char)c).ToString();
            if (char.IsSurrogate((char)c) || text is "\"" or "\\")
                continue;
            Assert.Equal(text, JsonSerializer.Deserialize<string>($"\"{CleanText.Of(text)}\""));
        }
    }

    [Fact]
    public void A_line_of_any_length_keeps_its_beginning_and_its_end()
    {
        string line = CleanText.Line("begin " + new string('x', 389_000) + " end");
        Assert.InRange(line.Length, 1900, 2100);
        Assert.StartsWith("begin xxx", line, StringComparison.Ordinal);
        Assert.EndsWith("xxx end", line, StringComparison.Ordinal);
        Assert.Contains(" … (387,011 characters left out) … ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void No_pair_is_cut_in_two()
    {
        for (int shift = 0; shift < 4; shift++)
        {
            string line = CleanText.Line(new string('x', shift) + string.Concat(Enumerable.Repeat("😀", 4000)));
            Assert.Equal(line, CleanText.Of(line));
        }
    }

    [Fact]
    public void Lines_end_only_where_the_writer_ends_them()
    {
        using var inner = new StringWriter { NewLine = "\n" };
        using (var writer = new CleanWriter(inner))
        {
            writer.WriteLine("a\nb");
            writer.Write("c\nd");
            writer.Write('\u001b');
            writer.WriteLine();
            writer.WriteLine("{0}\r", 5);
            writer.WriteLine(new object[] { "\n" }[0]);
            writer.WriteJson("{\"name\": \"" + new string('x', 100_000) + "\u009b\"}");
        }

        string[] lines = inner.ToString().Split('\n');
        Assert.Equal([@"a\u000ab", @"c\u000ad\u001b", @"5\u000d", @"\u000a"], lines[..4]);
        Assert.Equal(
            new string('x', 100_000) + "\u009b",
            JsonDocument.Parse(lines[4]).RootElement.GetProperty("name").GetString()
        );
        Assert.Equal([""], lines[5..]);
    }

    [Fact]
    public void A_progress_line_shows_no_control_characters()
    {
        using var inner = new StringWriter { NewLine = "\n" };
        using var writer = new CleanWriter(inner);
        ProgressView
            .For(writer)
            .Follow(
                "title\u001b[2J\n",
                "steps",
                0,
                2,
                task =>
                {
                    task.Describe($"loss {"\u0007"}");
                    task.Report(2);
                    return 0;
                }
            );
        Assert.Contains(@"title\u001b[2J\u000a: 2/2 steps", inner.ToString(), StringComparison.Ordinal);
        Assert.Contains(@"loss \u0007", inner.ToString(), StringComparison.Ordinal);
        Assert.Single(inner.ToString().TrimEnd('\n').Split('\n'));
    }
}
