using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Rewrites;

/// <summary>What a rule says of a node.</summary>
/// <param name="Reason">Why, in words for people; null if the rule is not about this node.</param>
/// <param name="Edit">Makes the change; null if there is none to make.</param>
internal readonly record struct RewriteMatch(string? Reason, Action? Edit)
{
    /// <summary>The rule is not about this node.</summary>
    public static RewriteMatch NotConcerned => default;

    /// <summary>The rule would take a value away that is to be read after the run.</summary>
    public static RewriteMatch Observed => Declines("the value is to be observed by name");

    /// <summary>The rule applies.</summary>
    public static RewriteMatch Applies(string reason, Action edit) => new(reason, edit);

    /// <summary>The rule is about this node but would be wrong here.</summary>
    public static RewriteMatch Declines(string reason) => new(reason, null);
}

/// <summary>One fusion or simplification: a small, named, testable change of a graph that keeps what it computes.</summary>
/// <param name="name">Name by which the rule is listed, explained and switched off.</param>
internal abstract class RewriteRule(string name)
{
    /// <summary>Name by which the rule is listed, explained and switched off.</summary>
    public string Name => name;

    /// <summary>The rule for one graph: what it decides by all nodes together, it decides here, once.</summary>
    public virtual RewriteRule For(GraphEditor graph, PlanOptions options) => this;

    /// <summary>Looks at a node; changes nothing before the edit is asked for.</summary>
    public abstract RewriteMatch Match(GraphEditor graph, Node node, PlanOptions options);
}
