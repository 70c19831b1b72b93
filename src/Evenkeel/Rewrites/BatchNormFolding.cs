using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Rewrites;

namespace Evenkeel;

/// <summary>
/// Folds batch normalisation, with its running statistics, into the linear, convolution or transposed convolution layers before it, or the
/// linear or convolution layers behind it, where that is the same function: past layers that only put values in other places, and into
/// another normalisation or affine map where nothing else is near. A layer where it is not stays as it is, with the reason.
/// </summary>
public static class BatchNormFolding
{
    /// <summary>What <see cref="FoldBatchNorm(Model, FoldOptions?)"/> does, layer by layer, in the network's order.</summary>
    public static IReadOnlyList<FoldDecision> PlanFolding(this Model model, FoldOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Decide(model, new AffineFolder(model), options ?? new FoldOptions());
    }

    /// <summary>
    /// A new model with every batch normalisation folded that can be, with its running statistics; the given model is left as it is.
    /// <see cref="PlanFolding"/> says what becomes of each.
    /// </summary>
    public static Model FoldBatchNorm(this Model model, FoldOptions? options = null) =>
        model.FoldBatchNorm(out _, options);

    /// <summary>The same, with what has become of each, in the network's order.</summary>
    public static Model FoldBatchNorm(
        this Model model,
        out IReadOnlyList<FoldDecision> decisions,
        FoldOptions? options = null
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        var folder = new AffineFolder(model);
        decisions = Decide(model, folder, options ?? new FoldOptions());
        return folder.ToModel();
    }

    // A fold may open the way for another one: what has gone no longer stands between.
    private static FoldDecision[] Decide(Model model, AffineFolder folder, FoldOptions options)
    {
        var decisions = new Dictionary<string, FoldDecision>();
        string[] names = [.. model.Graph.Nodes.Where(n => n.Layer is BatchNorm).Select(n => n.Name)];
        bool folded;
        do
        {
            folded = false;
            foreach (string name in names.Where(n => folder.Graph.Contains(n)))
            {
                decisions[name] = Decide(model, folder, name, options);
                folded |= decisions[name].Folds;
            }
        } while (folded);

        return [.. names.Select(name => decisions[name])];
    }

    private static FoldDecision Decide(Model model, AffineFolder folder, string name, FoldOptions options)
    {
        Node node = folder.Graph[name];
        if (((BatchNorm)node.Layer).MixesExamples)
            return new FoldDecision(
                name,
                [],
                "it normalises with the statistics of each batch in inference too, which no fixed weight can hold"
            );
        if (folder.Graph.SharesParameters(name))
            return new FoldDecision(name, [], "it shares its scale and shift with another layer");
        AffineRoute route = folder.Find(name);
        string? obstacle = route.Obstacle ?? FoldGuard.Obstacle(model, folder, node, route, options);
        if (obstacle is not null)
            return new FoldDecision(name, [], obstacle);
        folder.Fold(name, route);
        string where = route.Edits[0] is OutputEdit ? "before" : "behind";
        string[] into = [.. route.Edits.Select(e => e.Target.Name).Distinct()];
        return new FoldDecision(name, into, $"into {string.Join(", ", into.Select(i => $"'{i}'"))} {where} it");
    }
}
