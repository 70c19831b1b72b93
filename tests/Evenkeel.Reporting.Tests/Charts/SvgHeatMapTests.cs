using System.Globalization;
using System.Xml.Linq;
using Evenkeel.Reporting.Charts;

namespace Evenkeel.Reporting.Tests.Charts;

public sealed class SvgHeatMapTests
{
    private static readonly HeatMapSpec Map = new()
    {
        Title = "Accuracy <of> both",
        XLabel = "deviation",
        YLabel = "rate",
        Columns = ["0.1", "1", "10"],
        Rows = ["a", "b"],
        Values =
        [
            [0, 0.5, 1],
            [2, double.NaN, -1],
        ],
        Texts =
        [
            ["0", "50", "100"],
            ["200", "", "-100"],
        ],
        Minimum = 0,
        Maximum = 1,
    };

    [Fact]
    public void Cells_are_shaded_by_value_between_the_limits_and_show_their_text()
    {
        XElement svg = XElement.Parse(SvgChart.Render(Map));
        double[] shades =
        [
            .. Cells(svg).Select(c => double.Parse(c.Attribute("fill-opacity")!.Value, CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(6, shades.Length);
        // Half of the deepest shade in the middle; beyond the limits as at them; no shade without a value. Two decimals are drawn.
        Assert.Equal(shades[2] / 2, shades[1], 0.006);
        Assert.Equal([0, shades[2], 0, 0], [shades[0], shades[3], shades[4], shades[5]]);
        Assert.InRange(shades[2], 0.3, 0.8);
        Assert.Equal(
            ["0", "50", "100", "200", "", "-100"],
            svg.Descendants().Where(e => (string?)e.Attribute("class") == "ek-name").Select(e => e.Value)
        );
    }

    [Fact]
    public void It_is_described_in_words()
    {
        XElement svg = XElement.Parse(SvgChart.Render(Map));
        Assert.Equal("Accuracy <of> both", svg.Elements().First(e => e.Name.LocalName == "title").Value);
        Assert.Equal(
            "Heat map, rate by deviation. a: 0.1 0, 1 50, 10 100. b: 0.1 200, 1 , 10 -100.",
            svg.Elements().First(e => e.Name.LocalName == "desc").Value
        );
    }

    [Fact]
    public void Cells_do_not_overlap_and_lie_in_the_picture()
    {
        (double X, double Y, double Width, double Height)[] cells =
        [
            .. Cells(XElement.Parse(SvgChart.Render(Map)))
                .Select(c => (Number(c, "x"), Number(c, "y"), Number(c, "width"), Number(c, "height"))),
        ];
        Assert.All(cells, c => Assert.InRange(c.X + c.Width, 0, 360));
        Assert.All(cells.Take(2).Zip(cells.Skip(1)), p => Assert.True(p.First.X + p.First.Width <= p.Second.X));
        Assert.True(cells[0].Y + cells[0].Height <= cells[3].Y);
    }

    [Fact]
    public void What_does_not_fit_is_refused_by_name()
    {
        Assert.Contains("Accuracy", Refused(Map with { Rows = ["a"] }));
        Assert.Contains(
            "2 rows of 3",
            Refused(
                Map with
                {
                    Texts =
                    [
                        ["0"],
                        ["1"],
                    ],
                }
            )
        );
        Assert.Contains("from 1 to 1", Refused(Map with { Minimum = 1 }));
    }

    [Fact]
    public void A_report_shows_it_behind_the_charts_and_reads_it_back()
    {
        var report = new ReportSpec
        {
            Title = "Report",
            Figures =
            [
                new FigureSpec
                {
                    Title = "Figure",
                    Charts = [],
                    HeatMaps = [Map, Map],
                },
            ],
        };
        string page = new HtmlReport(report).Render();
        Assert.Equal(2, page.Split("Heat map, rate by deviation").Length - 1);
        Assert.Contains("--panels:2", page);
        Assert.Equal(page, new HtmlReport(ReportJson.Read(ReportJson.Write(report))).Render());
    }

    private static string Refused(HeatMapSpec map) =>
        Assert.Throws<ArgumentException>(() => SvgChart.Render(map)).Message;

    private static IEnumerable<XElement> Cells(XElement svg) =>
        svg.Descendants().Where(e => (string?)e.Attribute("class") == "ek-cell");

    private static double Number(XElement element, string name) =>
        double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);
}
