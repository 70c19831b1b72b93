namespace Evenkeel;

/// <summary>Whether a batch normalisation can be folded into other layers.</summary>
/// <param name="Layer">The batch normalisation.</param>
/// <param name="Into">
/// The layers that it is folded into: usually one; several after a concatenation, or if several layers read it; none if it stays.
/// </param>
/// <param name="Reason">Where it is folded, or why it stays, in one sentence without a full stop.</param>
public sealed record FoldDecision(string Layer, IReadOnlyList<string> Into, string Reason)
{
    /// <summary>Whether it can be folded.</summary>
    public bool Folds => Into.Count > 0;
}
