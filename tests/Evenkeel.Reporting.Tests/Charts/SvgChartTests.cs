using System.Text.RegularExpressions;
using System.Xml.Linq;
using Evenkeel.Reporting.Charts;

namespace Evenkeel.Reporting.Tests.Charts;

public sealed class SvgChartTests
{
    private static readonly double[] Steps = [.. Enumerable.Range(0, 51).Select(i => i * 1000.0)];

    [Fact]
    public void Is_well_formed_described_and_scales()
    {
        XElement svg = Draw(Chart(Line("with BN", x => 1 - Math.Exp(-x / 9000))));
        Assert.Equal("img", svg.Attribute("role")!.Value);
        Assert.Matches(@"^-12 -12 384 \d+(\.\d)?$", svg.Attribute("viewBox")!.Value);
        Assert.Null(svg.Attribute("width"));
        Assert.Equal("Accuracy", Named(svg, "title").Single().Value);
        Assert.Equal(
            "Line chart of share against step. with BN: from 0 at 0 to 0.99613 at 50K, between 0 and 0.99613.",
            Named(svg, "desc").Single().Value
        );
        string[] ids = [.. new[] { "title", "desc" }.Select(n => Named(svg, n).Single().Attribute("id")!.Value)];
        Assert.Equal(ids, svg.Attribute("aria-labelledby")!.Value.Split(' '));
        Assert.Contains("prefers-color-scheme:dark", Named(svg, "style").Single().Value);
    }

    [Fact]
    public void Marks_and_labels_are_where_the_numbers_are()
    {
        XElement svg = Draw(Chart(Line("a", x => x / 50_000)));
        string[] marks = [.. Texts(svg, "ek-tick").Select(t => t.Value)];
        Assert.Equal(["0", "0.2", "0.4", "0.6", "0.8", "1", "0", "10K", "20K", "30K", "40K", "50K"], marks);
        Assert.Equal(["share", "step"], Texts(svg, "ek-label").Select(t => t.Value));
        (double X, double Y)[] points = [.. Points(LinePath(svg))];
        Assert.Equal(51, points.Length);
        // A straight line from corner to corner stays straight to within the rounding of coordinates.
        double slope = (points[^1].Y - points[0].Y) / (points[^1].X - points[0].X);
        Assert.All(points, p => Assert.Equal(points[0].Y + (slope * (p.X - points[0].X)), p.Y, 0.12));
    }

    [Fact]
    public void Gaps_are_gaps_and_a_lone_point_is_a_dot()
    {
        SeriesSpec line = Line(
            "a",
            x =>
                x is 10_000 or 12_000 ? double.NaN
                : x is 20_000 ? double.PositiveInfinity
                : 1
        );
        XElement svg = Draw(Chart(line));
        Assert.Equal(3, LinePath(svg).Count(c => c == 'M'));
        Assert.Single(Named(svg, "circle"));
        Assert.DoesNotContain("NaN", svg.ToString());
        Assert.DoesNotContain("∞", svg.ToString());
    }

    [Fact]
    public void A_logarithmic_axis_leaves_out_what_is_not_positive()
    {
        ChartSpec chart = Chart(Line("a", x => x is 25_000 ? 0 : Math.Pow(10, -x / 10_000))) with
        {
            Y = new AxisSpec { Scale = AxisScale.Logarithmic },
        };
        XElement svg = Draw(chart);
        Assert.Equal(2, LinePath(svg).Count(c => c == 'M'));
        Assert.Contains("0.001", Texts(svg, "ek-tick").Select(t => t.Value));
    }

    [Fact]
    public void Bands_lie_below_the_lines_and_in_the_legend()
    {
        SeriesSpec series = Line("median", x => x) with
        {
            Lower = [.. Steps.Select(x => x - 5000)],
            Upper = [.. Steps.Select(x => x + 5000)],
            BandName = "15th to 85th percentile",
        };
        XElement svg = Draw(Chart(series, Line("other", _ => 2)));
        Assert.Equal(["median", "15th to 85th percentile", "other"], Texts(svg, "ek-name").Select(t => t.Value));
        string[] order =
        [
            .. Named(svg, "g").Single().Elements().Select(e => e.Attribute("class")!.Value.Split(' ')[0]),
        ];
        Assert.Equal(["ek-band", "ek-edge", "ek-line", "ek-line"], order);
        string band = Named(svg, "g").Single().Elements().First().Attribute("d")!.Value;
        Assert.EndsWith("Z", band);
        Assert.Equal(102, Points(band).Count());
    }

    [Fact]
    public void Long_series_are_thinned_to_what_can_be_seen()
    {
        double[] x = [.. Enumerable.Range(0, 200_000).Select(i => (double)i)];
        double[] y = [.. x.Select(v => Math.Sin(v / 7))];
        string svg = SvgChart.Render(
            Chart(
                new SeriesSpec
                {
                    Name = "a",
                    X = x,
                    Y = y,
                }
            )
        );
        Assert.InRange(Points(LinePath(XElement.Parse(svg))).Count(), 600, 1500);
        Assert.InRange(svg.Length, 5_000, 30_000);
    }

    [Fact]
    public void Everything_that_is_text_is_escaped()
    {
        const string evil = "<script>&\"'\u0001</script>";
        ChartSpec chart = Chart(Line(evil, x => x), Line("b", x => x)) with
        {
            Title = evil,
            X = new AxisSpec { Label = evil },
            Y = new AxisSpec { Label = evil },
            Markers = [new MarkerSpec(MarkerAxis.X, 25_000, evil), new MarkerSpec(MarkerAxis.Y, 10_000, evil)],
        };
        XElement svg = Draw(chart);
        Assert.Empty(Named(svg, "script"));
        Assert.Equal(2, Texts(svg, "ek-note").Count());
        Assert.Equal(evil.Replace('\u0001', '\ufffd'), Named(svg, "title").Single().Value);
    }

    [Fact]
    public void Markers_outside_the_axes_are_not_drawn()
    {
        ChartSpec chart = Chart(Line("a", x => x)) with
        {
            Markers = [new MarkerSpec(MarkerAxis.X, 60_000, "x"), new MarkerSpec(MarkerAxis.Y, double.NaN, "y")],
        };
        Assert.Empty(Texts(Draw(chart), "ek-note"));
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(-3.0)]
    [InlineData(double.NaN)]
    [InlineData(1e300)]
    [InlineData(1e-300)]
    public void A_line_that_never_moves_is_drawn(double value)
    {
        foreach (AxisScale scale in Enum.GetValues<AxisScale>())
        {
            XElement svg = Draw(Chart(Line("a", _ => value)) with { Y = new AxisSpec { Scale = scale } });
            string drawing = string.Concat(Named(svg, "path").Select(p => p.Attribute("d")!.Value));
            Assert.DoesNotContain("NaN", drawing);
            Assert.NotEmpty(Texts(svg, "ek-tick"));
        }
    }

    [Fact]
    public void No_series_or_no_points_give_an_empty_plot()
    {
        Assert.Empty(Named(Draw(Chart()), "g").Single().Elements());
        XElement svg = Draw(
            Chart(
                new SeriesSpec
                {
                    Name = "a",
                    X = [],
                    Y = [],
                }
            )
        );
        Assert.Contains("a: no values.", Named(svg, "desc").Single().Value);
    }

    [Fact]
    public void The_same_chart_gives_the_same_text()
    {
        ChartSpec chart = Chart(Line("a", Math.Sqrt), Line("b", x => -x));
        Assert.Equal(SvgChart.Render(chart), SvgChart.Render(chart));
    }

    [Fact]
    public void What_cannot_be_drawn_is_told()
    {
        SeriesSpec good = Line("a", x => x);
        void Refuses(SeriesSpec series, string message) =>
            Assert.Equal(message, Assert.Throws<ArgumentException>(() => SvgChart.Render(Chart(series))).Message);
        Refuses(good with { Y = [1] }, "chart 'Accuracy', series 'a': 51 x for 1 y");
        Refuses(good with { Lower = Steps }, "chart 'Accuracy', series 'a': a band needs both Lower and Upper");
        Refuses(
            good with
            {
                Lower = Steps,
                Upper = [1],
            },
            "chart 'Accuracy', series 'a': 51 x for 51 lower and 1 upper"
        );
        Refuses(
            new SeriesSpec
            {
                Name = "a",
                X = [2, 1],
                Y = [0, 0],
            },
            "chart 'Accuracy', series 'a': x[1] is 1; x must be finite and never go back"
        );
        ChartSpec reversed = Chart(good) with
        {
            Y = new AxisSpec { Minimum = 2, Maximum = 1 },
        };
        Assert.Throws<ArgumentException>(() => SvgChart.Render(reversed));
        ChartSpec zero = Chart(good) with
        {
            X = new AxisSpec { Minimum = 0, Scale = AxisScale.Logarithmic },
        };
        Assert.Throws<ArgumentException>(() => SvgChart.Render(zero));
    }

    private static ChartSpec Chart(params SeriesSpec[] series) =>
        new()
        {
            Title = "Accuracy",
            X = new AxisSpec { Label = "step" },
            Y = new AxisSpec { Label = "share" },
            Series = series,
        };

    private static SeriesSpec Line(string name, Func<double, double> value) =>
        new()
        {
            Name = name,
            X = Steps,
            Y = [.. Steps.Select(value)],
        };

    private static XElement Draw(ChartSpec chart) => XElement.Parse(SvgChart.Render(chart));

    private static IEnumerable<XElement> Named(XElement svg, string name) =>
        svg.Descendants().Where(e => e.Name.LocalName == name);

    private static IEnumerable<XElement> Texts(XElement svg, string kind) =>
        Named(svg, "text").Where(e => e.Attribute("class")!.Value == kind);

    private static string LinePath(XElement svg) =>
        Named(svg, "g")
            .Single()
            .Elements()
            .First(e => e.Attribute("class")!.Value.StartsWith("ek-line", StringComparison.Ordinal))
            .Attribute("d")!
            .Value;

    private static IEnumerable<(double X, double Y)> Points(string path) =>
        Regex
            .Matches(path, @"[ML](-?[\d.]+) (-?[\d.]+)")
            .Select(m => (double.Parse(m.Groups[1].Value), double.Parse(m.Groups[2].Value)));
}
