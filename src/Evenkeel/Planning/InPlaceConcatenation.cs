using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Rewrites;

namespace Evenkeel.Planning;

/// <summary>A value that lies inside another.</summary>
/// <param name="Whole">The concatenation.</param>
/// <param name="Offset">First channel.</param>
internal readonly record struct Part(ValueId Whole, int Offset);

/// <summary>Decides which branches of concatenations write straight into their place.</summary>
internal sealed class InPlaceConcatenation
{
    /// <summary>Name under which writing in place can be switched off and is explained.</summary>
    public const string Rule = "concatenate-in-place";

    private readonly Dictionary<ValueId, Part> _parts = [];
    private readonly List<RewriteLogEntry> _log = [];

    public InPlaceConcatenation(Graph graph, PlanOptions options)
    {
        if (options.DisabledRules.Contains(Rule))
            return;
        foreach (Node concat in graph.Nodes.Where(n => n.Layer is IOperation { HoldsInputs: true }))
        {
            int offset = 0;
            foreach (string input in concat.Inputs)
            {
                string? obstacle = Obstacle(graph, options, input);
                if (obstacle is null)
                    _parts[graph.IdOf(input)] = new Part(graph.IdOf(concat.Name), offset);
                _log.Add(
                    new RewriteLogEntry(
                        Rule,
                        input,
                        obstacle is null,
                        obstacle ?? $"writes into channel {offset} and on of {concat.Name}"
                    )
                );
                offset += graph.ShapeOf(input).Channels;
            }
        }
    }

    public IReadOnlyList<RewriteLogEntry> Log => _log;

    public Part? PartOf(ValueId value) => _parts.TryGetValue(value, out Part part) ? part : null;

    private static string? Obstacle(Graph graph, PlanOptions options, string branch)
    {
        Layer layer = graph[branch].Layer;
        if (layer is not IOperation { CanWriteRows: true })
            return $"{layer.Kind} writes dense rows only, so they are copied";
        if (graph.Reads(branch) > 1)
            return "the value is read elsewhere too, so it is copied";
        return options.Observes(branch) || graph.IsOutput(branch)
            ? "the value is to be observed by name, so it is copied"
            : null;
    }
}
