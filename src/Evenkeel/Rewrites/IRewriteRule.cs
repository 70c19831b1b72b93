using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Rewrites;

/// <summary>What a rule says of a node.</summary>
/// <param name="Verdict">Whether the rule is about this node, and whether it can be applied.</param>
/// <param name="Reason">Why, in words for <c>plan --explain</c>.</param>
internal readonly record struct RewriteMatch(RewriteVerdict Verdict, string Reason)
{
    /// <summary>The rule is not about this node.</summary>
    public static RewriteMatch NotConcerned => new(RewriteVerdict.NotConcerned, "");

    /// <summary>The rule applies.</summary>
    public static RewriteMatch Applies(string reason) => new(RewriteVerdict.Applies, reason);

    /// <summary>The rule is about this node but would be wrong here.</summary>
    public static RewriteMatch Declines(string reason) => new(RewriteVerdict.Declines, reason);
}

/// <summary>A rule's answer.</summary>
internal enum RewriteVerdict
{
    /// <summary>The rule is not about this node.</summary>
    NotConcerned,

    /// <summary>The rule can be applied.</summary>
    Applies,

    /// <summary>The rule is about this node but would be wrong here.</summary>
    Declines,
}

/// <summary>One fusion or simplification: a small, named, testable change of a graph that keeps what it computes.</summary>
internal interface IRewriteRule
{
    /// <summary>Name by which the rule is listed, explained and switched off.</summary>
    string Name { get; }

    /// <summary>Looks at a node; changes nothing.</summary>
    RewriteMatch Match(GraphEditor graph, Node node, PlanOptions? options);

    /// <summary>Makes the change at a node that <see cref="Match"/> accepted.</summary>
    void Apply(GraphEditor graph, Node node);
}
