using System.Globalization;
using Evenkeel.Execution;
using Evenkeel.Layers;

namespace Evenkeel.Serialization;

/// <summary>
/// Finds a model's tensors in a file: by their own names, or, in files of PyTorch's <c>nn.Sequential</c> (<c>0.weight</c>,
/// <c>1.running_mean</c>, ...), by the order of the numbered modules.
/// </summary>
internal static class TensorNames
{
    /// <summary>Per tensor of the model, its name in the file; state that the file lacks is left out.</summary>
    public static Dictionary<string, string> Map(SafeTensorsReader reader, TensorLayout layout, string file)
    {
        string[] stored =
        [
            .. reader
                .Tensors.Select(t => t.Name)
                .Where(name => !name.StartsWith(OptimizerPrefix, StringComparison.Ordinal)),
        ];
        Dictionary<string, string> modules = stored.All(IsNumbered) ? ByOrder(stored, layout) : [];
        var map = new Dictionary<string, string>();
        foreach (TensorPlace place in layout.Tensors)
        {
            string node = modules.GetValueOrDefault(place.Tensor.Node, place.Tensor.Node);
            string name = $"{node}.{place.Tensor.Spec.Name}";
            if (stored.Contains(name))
                map[place.Tensor.Name] = name;
            else if (place.Tensor.Spec.Role != TensorRole.State)
                throw new ModelFileException(Missing(place, stored, file));
        }

        string[] unused = [.. stored.Except(map.Values)];
        return unused.Length == 0
            ? map
            : throw new ModelFileException(
                $"{file}: it holds '{unused[0]}', which the network does not have "
                    + $"({unused.Length} such tensor(s)); it belongs to another network."
            );
    }

    /// <summary>What the names of optimiser values begin with.</summary>
    public const string OptimizerPrefix = "optimizer.";

    private static string Missing(TensorPlace place, string[] stored, string file) =>
        $"{file}: it has no '{place.Tensor.Name}' {Describe(place.Tensor.Spec)}, which the network needs; it holds "
        + $"{string.Join(", ", stored.Take(8))}{(stored.Length > 8 ? ", ..." : "")}.";

    private static string Describe(TensorSpec spec) => $"[{string.Join(", ", spec.Dimensions)}]";

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
