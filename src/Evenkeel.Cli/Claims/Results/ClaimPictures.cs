using Evenkeel.Reporting;
using Evenkeel.Reporting.Charts;

namespace Evenkeel.Cli.Claims.Results;

/// <summary>The pictures of a claim as files.</summary>
internal static class ClaimPictures
{
    /// <summary>Charts, then heat maps, figure by figure: <c>claim-05-1.svg</c>, <c>claim-05-2.svg</c>, ...</summary>
    public static IEnumerable<(string File, string Svg)> Of(ClaimRecord record) =>
        record.Figures.SelectMany(Drawn).Select((svg, i) => ($"claim-{record.Number:00}-{i + 1}.svg", svg));

    private static IEnumerable<string> Drawn(FigureSpec figure) =>
        [.. figure.Charts.Select(SvgChart.Render), .. figure.HeatMaps.Select(SvgChart.Render)];
}
