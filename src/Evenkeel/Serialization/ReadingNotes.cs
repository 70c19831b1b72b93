using Evenkeel.Configuration;
using Evenkeel.Graphs;

namespace Evenkeel.Serialization;

/// <summary>Tells a model what reading its file assumed, and what the file itself says of earlier assumptions.</summary>
internal static class ReadingNotes
{
    private const int NamesInNote = 5;

    public static void Add(Model model, SafeTensorsReader reader, TensorMap map, string file)
    {
        if (reader.Metadata.TryGetValue(ModelFile.NotesKey, out string? json))
            model.AddNotes(NotesJson.Parse(json, $"{file} ({ModelFile.NotesKey})"));
        model.AddNotes(Numbered(model, map));
        model.AddNotes(Biases(map));
        model.AddNotes(Statistics(model, map));
        model.AddNotes(Types(reader, map));
    }

    private static IEnumerable<ModelNote> Numbered(Model model, TensorMap map)
    {
        string[] pairs =
        [
            .. model
                .Layout.Tensors.Where(t =>
                    map.Stored.TryGetValue(t.Tensor.Name, out string? stored) && stored != t.Tensor.Name
                )
                .Select(t => (Own: t.Tensor.Node, Stored: ModuleOf(map.Stored[t.Tensor.Name])))
                .Distinct()
                .Select(pair => $"{pair.Stored} is {pair.Own}"),
        ];
        if (pairs.Length > 0)
            yield return new ModelNote(
                $"The file numbers its layers; its tensors were assigned in their order: {Some(pairs)}."
            );
    }

    private static IEnumerable<ModelNote> Biases(TensorMap map)
    {
        if (map.CancelledBiases.Count > 0)
        {
            string[] pairs = [.. map.CancelledBiases.Select(b => $"'{b.Stored}' from '{b.Norm}'")];
            yield return new ModelNote(
                $"The file has a bias before batch normalisation where the network has none; it was subtracted from the running mean: {Some(pairs)}."
            );
        }

        if (map.ZeroBiases.Count > 0)
        {
            yield return new ModelNote(
                $"The file has no bias before batch normalisation where the network has one; it was set to 0: {Some([.. map.ZeroBiases])}."
            );
        }
    }

    private static IEnumerable<ModelNote> Statistics(Model model, TensorMap map)
    {
        string[] layers =
        [
            .. model
                .Layout.Tensors.Where(t => t.Tensor.Spec is { Role: TensorRole.State, Type: ElementType.Float32 })
                .Where(t => !map.Stored.ContainsKey(t.Tensor.Name))
                .Select(t => t.Tensor.Node)
                .Distinct(),
        ];
        if (layers.Length > 0)
        {
            yield return new ModelNote(
                $"The file lacks running statistics of {layers.Length} batch normalisation(s) ({Some(layers)}); mean 0 and variance 1 "
                    + "are used until you recalibrate."
            )
            {
                Unmeasured = [.. layers],
            };
        }
    }

    private static IEnumerable<ModelNote> Types(SafeTensorsReader reader, TensorMap map)
    {
        IEnumerable<IGrouping<SafeTensorType, SafeTensorInfo>> types = map
            .Stored.Values.Select(reader.Info)
            .Where(t => t.Type is SafeTensorType.Float16 or SafeTensorType.BFloat16 or SafeTensorType.Float64)
            .GroupBy(t => t.Type)
            .OrderBy(g => g.Key);
        foreach (IGrouping<SafeTensorType, SafeTensorInfo> type in types)
        {
            string how = type.Key == SafeTensorType.Float64 ? "rounded" : "widened";
            yield return new ModelNote(
                $"{type.Count()} tensor(s) are {SafeTensorTypes.Name(type.Key)} in the file and were {how} to float32."
            );
        }
    }

    private static string ModuleOf(string stored) => stored[..stored.LastIndexOf('.')];

    private static string Some(string[] names) =>
        string.Join(", ", names.Take(NamesInNote)) + (names.Length > NamesInNote ? ", ..." : "");
}
