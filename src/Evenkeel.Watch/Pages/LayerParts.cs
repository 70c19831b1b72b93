using System.Text;
using Evenkeel.Reporting.Charts;
using Evenkeel.Watch.Following;
using static System.FormattableString;

namespace Evenkeel.Watch.Pages;

/// <summary>The choice of a layer of a run, and what is shown of the layer.</summary>
internal static class LayerParts
{
    /// <summary>The layers to choose from, by their number.</summary>
    public static string Options(FollowedRun run)
    {
        IReadOnlyList<string> names = run.Layers.Names;
        var norms = run.Layers.Norms.ToHashSet(StringComparer.Ordinal);
        var page = new StringBuilder();
        AppendGroup(page, "Inputs of activations", names, name => !norms.Contains(name));
        AppendGroup(page, "Batch normalisations", names, norms.Contains);
        return page.ToString();
    }

    /// <summary>The layer that is shown first: the last activation, as in Figure 1 of the paper; null where nothing is recorded.</summary>
    public static int? First(FollowedRun run)
    {
        IReadOnlyList<string> names = run.Layers.Names;
        var norms = run.Layers.Norms.ToHashSet(StringComparer.Ordinal);
        int last = names.Count - 1;
        while (last > 0 && norms.Contains(names[last]))
            last--;
        return last >= 0 ? last : null;
    }

    /// <summary>The charts of a layer with their values; null where there is no such layer.</summary>
    public static string? Charts(FollowedRun run, int index, int layer)
    {
        if (layer < 0 || layer >= run.Layers.Names.Count)
            return null;
        var page = new StringBuilder();
        int number = 0;
        foreach (ChartSpec chart in LayerCharts.Of(run, run.Layers.Names[layer]))
        {
            string id = Invariant($"layer-{index}-{number++}");
            page.Append(Panel.Frame(id, chart.Title, Panel.Drawing(chart, $"{id}-chart", ""), Panel.Values(chart)));
        }

        return page.ToString();
    }

    private static void AppendGroup(
        StringBuilder page,
        string title,
        IReadOnlyList<string> names,
        Func<string, bool> belongs
    )
    {
        if (!names.Any(belongs))
            return;
        page.Append($"<optgroup label=\"{title}\">");
        for (int i = 0; i < names.Count; i++)
        {
            if (belongs(names[i]))
                page.Append(Invariant($"<option value=\"{i}\">{SvgText.Escape(names[i])}</option>"));
        }

        page.Append("</optgroup>\n");
    }
}
