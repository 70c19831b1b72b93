using System.Text.RegularExpressions;
using Evenkeel.Reporting.Charts;

namespace Evenkeel.Reporting.Tests;

public sealed class HtmlReportTests
{
    [Fact]
    public void Needs_nothing_from_outside()
    {
        string page = new HtmlReport(Sample("plain")).Render();
        Assert.DoesNotMatch("(?i)https?:|//[a-z]|src=|href=|@import|<script|<link|<iframe", page);
        Assert.All(Regex.Matches(page, @"url\(([^)]*)\)"), m => Assert.StartsWith("#", m.Groups[1].Value));
        Assert.Contains("default-src 'none'", page);
        Assert.Contains("width=device-width", page);
        Assert.Contains("prefers-color-scheme:dark", page);
        Assert.Contains("@media print", page);
    }

    [Fact]
    public void Holds_every_part_of_the_report()
    {
        string page = new HtmlReport(Sample("plain")).Render();
        Assert.Contains("<title>plain 1</title>", page);
        for (int i = 1; i <= 15; i++)
            Assert.Contains($"plain {i}<", page);
        Assert.Equal(3, Regex.Count(page, "<svg"));
        string[] ids = [.. Regex.Matches(page, " id=\"([^\"]*)\"").Select(m => m.Groups[1].Value)];
        Assert.Equal(9, ids.Length);
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public void Everything_is_escaped()
    {
        string page = new HtmlReport(Sample("<img onerror=\"x\">&'")).Render();
        Assert.DoesNotContain("<img", page);
        Assert.DoesNotContain("onerror=\"", page);
        Assert.Contains("&lt;img onerror=&quot;x&quot;&gt;&amp;&#39; 1", page);
    }

    [Fact]
    public void Tags_close_in_the_order_in_which_they_open()
    {
        string page = new HtmlReport(Sample("plain")).Render();
        var open = new Stack<string>();
        foreach (Match tag in Regex.Matches(page, @"<(/?)([a-z0-9]+)[^>]*?(/?)>", RegexOptions.IgnoreCase))
        {
            string name = tag.Groups[2].Value;
            if (tag.Groups[3].Length > 0 || name == "meta")
                continue;
            if (tag.Groups[1].Length == 0)
                open.Push(name);
            else
                Assert.Equal(open.Pop(), name);
        }
        Assert.Empty(open);
    }

    [Fact]
    public void Columns_of_numbers_are_set_flush_right()
    {
        var report = new ReportSpec
        {
            Title = "t",
            Tables =
            [
                new TableSpec
                {
                    Title = "t",
                    Columns = ["name", "value", "mixed"],
                    Rows =
                    [
                        ["a", "1.5 %", "1"],
                        ["b", "–", "x"],
                        ["c", "-0.3", "±"],
                    ],
                },
            ],
        };
        string page = new HtmlReport(report).Render();
        Assert.Contains("<th scope=\"col\" class=\"number\">value</th>", page);
        Assert.Contains("<td class=\"number\">–</td>", page);
        Assert.Contains("<th scope=\"col\">mixed</th>", page);
        Assert.Contains("<th scope=\"row\">a</th>", page);
    }

    [Fact]
    public void A_bad_report_is_refused_by_the_name_of_its_table()
    {
        ReportSpec bad = Sample("x") with
        {
            Tables =
            [
                new TableSpec
                {
                    Title = "t",
                    Columns = ["a"],
                    Rows =
                    [
                        ["1", "2"],
                    ],
                },
            ],
        };
        var e = Assert.Throws<ArgumentException>(() => new HtmlReport(bad).Render());
        Assert.Equal("table 't': a row has 2 cells for 1 columns", e.Message);
    }

    [Fact]
    public void The_stored_data_gives_the_same_page()
    {
        ReportSpec report = Sample("<\"µ\">");
        string json = ReportJson.Write(report);
        Assert.Contains("\"NaN\"", json);
        Assert.Equal(new HtmlReport(report).Render(), new HtmlReport(ReportJson.Read(json)).Render());
        Assert.Equal(json, ReportJson.Write(ReportJson.Read(json)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"title\":null}")]
    [InlineData("{\"title\":\"t\",\"figures\":[{\"title\":\"f\"}]}")]
    [InlineData("{\"title\":\"t\",\"summary\":[1]}")]
    public void Data_that_is_no_report_is_told_in_one_line(string json)
    {
        var e = Assert.Throws<InvalidDataException>(() => ReportJson.Read(json, "report.json"));
        Assert.StartsWith("report.json: ", e.Message);
        Assert.DoesNotContain('\n', e.Message);
    }

    private static ReportSpec Sample(string text)
    {
        ChartSpec Chart(string title) =>
            new()
            {
                Title = title,
                X = new AxisSpec { Label = "step" },
                Series =
                [
                    new SeriesSpec
                    {
                        Name = "line",
                        X = [0, 1, 2, 3],
                        Y = [1, double.NaN, 2, 3],
                        Style = LineStyle.Dotted,
                    },
                ],
                Markers = [new MarkerSpec(MarkerAxis.X, 1, "here")],
            };
        return new ReportSpec
        {
            Title = $"{text} 1",
            Summary = [$"{text} 2", $"{text} 3"],
            KeyFigures = [new KeyFigureSpec($"{text} 4", $"{text} 5", $"{text} 6")],
            Figures =
            [
                new FigureSpec
                {
                    Title = $"{text} 7",
                    Caption = $"{text} 8",
                    Charts = [Chart($"{text} 9"), Chart("b"), Chart("c")],
                },
            ],
            Tables =
            [
                new TableSpec
                {
                    Title = $"{text} 10",
                    Columns = [$"{text} 11"],
                    Rows =
                    [
                        [$"{text} 12"],
                    ],
                },
            ],
            Configuration = $"{text} 13",
            Command = $"{text} 14",
            Provenance = $"{text} 15",
        };
    }
}
