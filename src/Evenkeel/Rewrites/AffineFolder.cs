using Evenkeel.Graphs;

namespace Evenkeel.Rewrites;

/// <summary>
/// Folds the affine maps of a network one after another. What it decides needs no copy of the model; <see cref="ToModel"/> makes the one
/// that there will be.
/// </summary>
internal sealed class AffineFolder
{
    private readonly Model _model;
    private readonly Dictionary<string, AffineMap> _joined = [];
    private readonly List<(AffineEdit Edit, Shape Input)> _edits = [];

    public AffineFolder(Model model)
    {
        _model = model;
        Graph = new GraphEditor(model.Graph);
        Search = new AffineSearch(Graph);
    }

    /// <summary>The network as it is after the folds so far.</summary>
    public GraphEditor Graph { get; }

    /// <summary>Finds places in it.</summary>
    public AffineSearch Search { get; }

    /// <summary>Where a map can go: into the layers before it, else into those behind it, else why into neither.</summary>
    public AffineRoute Find(string layer)
    {
        Node node = Graph[layer];
        AffineMap map = MapOf(node);
        AffineRoute before = Search.Before(node, map);
        if (before.Obstacle is null)
            return before;
        AffineRoute behind = Search.Behind(node, map);
        return behind.Obstacle is null ? behind : AffineRoute.Ends($"{before.Obstacle}; {behind.Obstacle}");
    }

    /// <summary>Folds a map where <see cref="Find"/> found.</summary>
    public void Fold(string layer, AffineRoute route)
    {
        foreach (AffineEdit edit in route.Edits)
        {
            if (LinearLayers.IsAffine(edit.Target.Layer))
                _joined[edit.Target.Name] = edit.Join(MapOf(edit.Target));
            _edits.Add((edit, Graph.ShapeOf(edit.Target.Inputs[0])));
            Graph.Replace(edit.Target.Name, edit.Layer);
        }

        Graph.Bypass(layer);
    }

    /// <summary>The model with all folds made.</summary>
    public Model ToModel()
    {
        Model result = _model.With(Graph.ToGraph());
        // A map that took another one over and was folded itself has passed both on.
        foreach ((AffineEdit edit, Shape input) in _edits.Where(e => Graph.Contains(e.Edit.Target.Name)))
            edit.Apply(result, input);
        return result;
    }

    private AffineMap MapOf(Node node) => _joined.GetValueOrDefault(node.Name) ?? AffineMap.Of(_model, node);
}
