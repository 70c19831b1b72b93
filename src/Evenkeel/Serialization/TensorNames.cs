using System.Globalization;
using Evenkeel.Graphs;
using Evenkeel.Rewrites;

namespace Evenkeel.Serialization;

/// <summary>
/// Finds a model's tensors in a file: by their own names, or, in files of PyTorch's <c>nn.Sequential</c> (<c>0.weight</c>,
/// <c>1.running_mean</c>, ...), by the order of the numbered modules.
/// </summary>
internal static class TensorNames
{
    /// <summary>Finds the model's tensors; state that the file lacks is left out.</summary>
    /// <exception cref="ModelFileException">A parameter is missing, or a tensor is unknown to the network.</exception>
    public static TensorMap Map(SafeTensorsReader reader, Graph graph, TensorLayout layout, string file)
    {
        string[] stored =
        [
            .. reader
                .Tensors.Select(t => t.Name)
                .Where(name =>
                    !name.StartsWith(OptimizerPrefix, StringComparison.Ordinal) || layout.Find(name) is not null
                ),
        ];
        HashSet<string> present = [.. stored];
        Dictionary<string, string> modules = IsSequential(present, layout) ? ByOrder(stored, layout) : [];
        var map = new TensorMap();
        foreach (TensorPlace place in layout.Tensors)
        {
            string name = $"{ModuleOf(place.Tensor.Node)}.{place.Tensor.Spec.Name}";
            if (present.Contains(name))
                map.Stored[place.Tensor.Name] = name;
            else if (IsCancelledBias(graph, place.Tensor))
                map.ZeroBiases.Add(place.Tensor.Name);
            else if (place.Tensor.Spec.Role != TensorRole.State)
                throw new ModelFileException(Missing(place, stored, file));
        }

        string[] unused = [.. stored.Except(map.Stored.Values)];
        map.CancelledBiases.AddRange(CancelledBiases(graph, ModuleOf, [.. unused]));
        unused = [.. unused.Except(map.CancelledBiases.Select(b => b.Stored))];
        return unused.Length == 0
            ? map
            : throw new ModelFileException(
                $"{file}: it holds '{unused[0]}', which the network does not have "
                    + $"({unused.Length} such tensor(s)); it belongs to another network."
            );

        string ModuleOf(string node) => modules.GetValueOrDefault(node, node);
    }

    /// <summary>What the names of optimiser values begin with.</summary>
    public const string OptimizerPrefix = "optimizer.";

    private static string Missing(TensorPlace place, string[] stored, string file) =>
        $"{file}: it has no '{place.Tensor.Name}' [{string.Join(", ", ModelTensors.FileShape(place.Tensor.Spec))}], which the network "
        + $"needs; it holds {string.Join(", ", stored.Take(8))}{(stored.Length > 8 ? ", ..." : "")}.";

    // The batch normalisation behind cancels it, so that a file of the same network without it gives the same outputs.
    private static bool IsCancelledBias(Graph graph, NamedTensor tensor) =>
        tensor.Spec.Name == "bias"
        && LinearLayers.HasBias(graph[tensor.Node].Layer)
        && CancelledBias.NormBehind(graph, tensor.Node) is not null;

    private static IEnumerable<CancelledTensor> CancelledBiases(
        Graph graph,
        Func<string, string> moduleOf,
        HashSet<string> unused
    ) =>
        from node in graph.Nodes
        where LinearLayers.Is(node.Layer) && !LinearLayers.HasBias(node.Layer)
        let stored = $"{moduleOf(node.Name)}.bias"
        where unused.Contains(stored)
        let norm = CancelledBias.NormBehind(graph, node.Name)
        where norm is not null
        select new CancelledTensor(
            node.Name,
            norm.Name,
            stored,
            new TensorSpec("bias", [node.Shape.Channels], TensorRole.Offset)
        );

    // A file that has the model's own names is not numbered, whatever they look like.
    private static bool IsSequential(HashSet<string> stored, TensorLayout layout) =>
        stored.All(IsNumbered)
        && layout.Tensors.Any(t => t.Tensor.Spec.Role != TensorRole.State && !stored.Contains(t.Tensor.Name));

    private static bool IsNumbered(string name) =>
        name.IndexOf('.', StringComparison.Ordinal) is > 0 and int dot
        && int.TryParse(name.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static Dictionary<string, string> ByOrder(string[] stored, TensorLayout layout)
    {
        string[] modules =
        [
            .. stored
                .Select(name => name[..name.IndexOf('.', StringComparison.Ordinal)])
                .Distinct()
                .OrderBy(number => int.Parse(number, CultureInfo.InvariantCulture)),
        ];
        string[] nodes = [.. layout.Tensors.Select(t => t.Tensor.Node).Distinct()];
        return nodes.Zip(modules).ToDictionary(pair => pair.First, pair => pair.Second);
    }
}
