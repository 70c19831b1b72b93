using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Rewrites;

namespace Evenkeel;

/// <summary>
/// Folds batch normalisation, with its running statistics, into the linear, convolution or transposed convolution layers before it, or into
/// the linear or convolution layers after it, if that gives the same function. Layers that only move values may lie between. If no such
/// layer is near, it is merged with another normalisation or affine map. If folding would change the function, the layer stays, and a
/// reason is given.
/// </summary>
public static class BatchNormFolding
{
    /// <summary>The decisions of <see cref="FoldBatchNorm(Model, FoldOptions?)"/> for each layer, in the order of the network.</summary>
    public static IReadOnlyList<FoldDecision> PlanFolding(this Model model, FoldOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Decide(model, new AffineFolder(model), options ?? new FoldOptions());
    }

    /// <summary>
    /// A new model in which every batch normalisation is folded where possible, with its running statistics. The given model is not
    /// changed. <see cref="PlanFolding"/> lists the decision for each layer.
    /// </summary>
    public static Model FoldBatchNorm(this Model model, FoldOptions? options = null) =>
        model.FoldBatchNorm(out _, options);

    /// <summary>The same, and the decision for each layer, in the order of the network.</summary>
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
                "it normalises with batch statistics in inference, which fixed weights cannot represent"
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
