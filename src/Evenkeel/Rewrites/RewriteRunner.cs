using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Operations;

namespace Evenkeel.Rewrites;

/// <summary>One decision of one rule.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Node">The layer looked at.</param>
/// <param name="Applied">Whether the graph was changed.</param>
/// <param name="Reason">Why.</param>
internal sealed record RewriteLogEntry(string Rule, string Node, bool Applied, string Reason);

/// <summary>A rewritten graph and how it came about.</summary>
/// <param name="Graph">The graph after all rules.</param>
/// <param name="Log">Decisions in order.</param>
internal sealed record RewriteResult(Graph Graph, ImmutableArray<RewriteLogEntry> Log);

/// <summary>
/// Applies rules in order, each until it finds nothing more: a rule goes through the nodes from the input on, stays at one as long as it
/// applies there, and goes through them again if it has changed anything. The graph is verified after each rule. Rules see operations in
/// the place of layers.
/// </summary>
internal static class RewriteRunner
{
    /// <summary>Runs <paramref name="rules"/> over <paramref name="graph"/>.</summary>
    public static RewriteResult Run(Graph graph, IReadOnlyList<RewriteRule> rules, PlanOptions options)
    {
        var log = new RewriteLog();
        graph = LayerOperations.Lower(graph);
        var editor = new GraphEditor(graph);
        foreach (RewriteRule rule in rules.Where(r => !options.DisabledRules.Contains(r.Name)))
        {
            RewriteRule own = rule.For(editor, options);
            while (Pass(own, editor, options, log)) { }
            if (editor.ToGraph() is var rewritten && !ReferenceEquals(rewritten, graph))
                editor = new GraphEditor(graph = rewritten);
        }

        return new RewriteResult(graph, [.. log.Entries]);
    }

    private static bool Pass(RewriteRule rule, GraphEditor graph, PlanOptions options, RewriteLog log)
    {
        bool changed = false;
        foreach (Node node in graph.Nodes)
        {
            while (graph.Contains(node.Name) && TryApply(rule, graph, graph[node.Name], options, log))
                changed = true;
        }

        return changed;
    }

    private static bool TryApply(RewriteRule rule, GraphEditor graph, Node node, PlanOptions options, RewriteLog log)
    {
        RewriteMatch match = rule.Match(graph, node, options);
        bool applies = match.Edit is not null;
        if (match.Reason is { } reason)
            log.Add(new RewriteLogEntry(rule.Name, node.Name, applies, reason));
        match.Edit?.Invoke();
        return applies;
    }
}

/// <summary>What rules decided, in order; a rule that declines for the same reason again is not written down again.</summary>
internal sealed class RewriteLog
{
    private readonly List<RewriteLogEntry> _entries = [];
    private readonly HashSet<RewriteLogEntry> _declined = [];

    public IReadOnlyList<RewriteLogEntry> Entries => _entries;

    public void Add(RewriteLogEntry entry)
    {
        if (entry.Applied || _declined.Add(entry))
            _entries.Add(entry);
    }
}
