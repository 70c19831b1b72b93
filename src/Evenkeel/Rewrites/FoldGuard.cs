using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Rewrites;

/// <summary>Statistics with which folding would not give the same everywhere.</summary>
internal static class FoldGuard
{
    // Variance by epsilon below which epsilon decides what a channel gives: at a hundredth it makes 99 % of the root.
    private const double NearZero = 0.01;

    /// <summary>Why a normalisation must not be folded though there is a place for it; null if it may be.</summary>
    public static string? Obstacle(Model model, AffineFolder folder, Node node, AffineRoute route, FoldOptions options)
    {
        float epsilon = ((BatchNorm)node.Layer).Convention.Epsilon;
        ReadOnlySpan<float> mean = model.Floats($"{node.Name}.running_mean"),
            variance = model.Floats($"{node.Name}.running_var"),
            gamma = model.Floats($"{node.Name}.weight");
        float[] near = new float[variance.Length];
        for (int i = 0; i < variance.Length; i++)
        {
            if (!float.IsFinite(mean[i]) || !float.IsFinite(variance[i]) || variance[i] < 0)
                return $"channel {i} has mean {mean[i]} and variance {variance[i]}; recalibrate first";
            near[i] = variance[i] < NearZero * epsilon && gamma[i] != 0 ? 1 : 0;
        }

        int first = Array.IndexOf(near, 1);
        return first < 0 || options.AllowNearZeroVariance || AreSilent(model, folder, node, near, route)
            ? null
            : $"channel {first} has variance {variance[first]:G3}, below a hundredth of eps {epsilon:G3}: eps and rounding determine "
                + "its output; recalibrate first, or allow it";
    }

    // Filters of zeros give constants whatever the data, so that folding them is exact. A map that marks the channels finds their filters.
    private static bool AreSilent(Model model, AffineFolder folder, Node node, float[] near, AffineRoute route)
    {
        if (route.Edits.Any(e => e is not OutputEdit || !LinearLayers.Is(e.Target.Layer)))
            return false;
        var marks = new AffineMap([.. near.Select(_ => 1f)], near);
        return folder.Search.Before(node, marks).Edits.All(edit => IsSilent(model, folder.Graph, edit));
    }

    private static bool IsSilent(Model model, GraphEditor graph, AffineEdit edit)
    {
        Shape input = graph.ShapeOf(edit.Target.Inputs[0]);
        ReadOnlySpan<float> weight = model.Floats($"{edit.Target.Name}.weight");
        for (int i = 0; i < weight.Length; i++)
        {
            if (weight[i] != 0 && edit.Map.Shift[LinearLayers.OutputOf(edit.Target.Layer, input, i)] != 0)
                return false;
        }

        return true;
    }
}
