namespace Evenkeel;

/// <summary>Whether a batch normalisation can become part of other layers.</summary>
/// <param name="Layer">The batch normalisation.</param>
/// <param name="Into">
/// The layers that take it: one as a rule, several where it stands behind a concatenation or where several layers read it; none if it stays.
/// </param>
/// <param name="Reason">Where it goes, or why it stays, in one sentence without a full stop.</param>
public sealed record FoldDecision(string Layer, IReadOnlyList<string> Into, string Reason)
{
    /// <summary>Whether it can be folded.</summary>
    public bool Folds => Into.Count > 0;
}
