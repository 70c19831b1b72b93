using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;

namespace Evenkeel.Cli.Claims.Results;

/// <summary>The pictures of a claim as files.</summary>
internal static class ClaimPictures
{
    /// <summary>Charts, then heat maps, figure by figure: <c>claim-05-1.svg</c>, <c>claim-05-2.svg</c>, ...</summary>
    public static IEnumerable<(string File, string Title, string Svg)> Of(ClaimRecord record) =>
        record
            .Figures.SelectMany(Drawn)
            .Select((drawn, i) => ($"claim-{record.Number:00}-{i + 1}.svg", drawn.Title, drawn.Svg));

    private static IEnumerable<(string Title, string Svg)> Drawn(FigureSpec figure) =>
        [
            .. figure.Charts.Select(chart => (Title(figure, chart.Title), SvgChart.Render(chart))),
            .. figure.HeatMaps.Select(map => (Title(figure, map.Title), SvgChart.Render(map))),
        ];

    private static string Title(FigureSpec figure, string picture) =>
        picture == figure.Title ? picture : $"{figure.Title}: {picture}";
}
