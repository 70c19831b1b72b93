namespace Evenkeel.Ranks;

/// <summary>Where a rank is.</summary>
/// <param name="Step">The training step at work, from 1; 0 outside of any.</param>
/// <param name="Exchange">The exchange that it waits in; null while it is at work by itself.</param>
public readonly record struct RankPlace(long Step, string? Exchange)
{
    /// <summary>In words: "step 1207, exchange of gradients 2 of 3".</summary>
    public override string ToString() =>
        (Step, Exchange) switch
        {
            (0, null) => "no step",
            (0, _) => $"the {Exchange}",
            (_, null) => $"step {Step}",
            _ => $"step {Step}, {Exchange}",
        };
}
