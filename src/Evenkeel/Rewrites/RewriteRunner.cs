using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Planning;

namespace Evenkeel.Rewrites;

/// <summary>One decision of one rule.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Node">The layer looked at.</param>
/// <param name="Applied">Whether the graph was changed.</param>
/// <param name="Reason">Why.</param>
public sealed record RewriteLogEntry(string Rule, string Node, bool Applied, string Reason);

/// <summary>A rewritten graph and how it came about.</summary>
/// <param name="Graph">The graph after all rules.</param>
/// <param name="Log">Decisions in order.</param>
public sealed record RewriteResult(Graph Graph, ImmutableArray<RewriteLogEntry> Log);

/// <summary>Applies rules in order, each until it finds nothing more. Every new graph is verified as it is made.</summary>
public static class RewriteRunner
{
    /// <summary>Runs <paramref name="rules"/> over <paramref name="graph"/>.</summary>
    public static RewriteResult Run(Graph graph, IReadOnlyList<IRewriteRule> rules, PlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(rules);
        var log = new List<RewriteLogEntry>();
        foreach (IRewriteRule rule in rules)
        {
            if (options is not null && options.DisabledRules.Contains(rule.Name))
                continue;
            while (TryApply(rule, ref graph, options, log)) { }
        }

        return new RewriteResult(graph, [.. log]);
    }

    private static bool TryApply(IRewriteRule rule, ref Graph graph, PlanOptions? options, List<RewriteLogEntry> log)
    {
        foreach (Node node in graph.Nodes)
        {
            RewriteMatch match = rule.Match(graph, node, options);
            if (match.Verdict == RewriteVerdict.Applies)
            {
                graph = rule.Apply(graph, node);
                log.Add(new RewriteLogEntry(rule.Name, node.Name, true, match.Reason));
                return true;
            }

            var declined = new RewriteLogEntry(rule.Name, node.Name, false, match.Reason);
            if (match.Verdict == RewriteVerdict.Declines && !log.Contains(declined))
                log.Add(declined);
        }

        return false;
    }
}
