using Evenkeel.Testing.Ranks;

namespace Evenkeel.Bench.RankKills;

/// <summary>One launch, and which of its ranks is killed when.</summary>
/// <param name="Family">What launches.</param>
/// <param name="Ranks">How many ranks; it divides the slices of the run.</param>
/// <param name="Victim">The rank that is killed.</param>
/// <param name="Steps">When: as many steps as that after the launch, as checkpoints tell, whatever the speed of the machine;</param>
/// <param name="Delay">and a moment later.</param>
internal sealed record RankKill(MpiFamily Family, int Ranks, int Victim, int Steps, TimeSpan Delay)
{
    private const int MostSteps = 100;
    private static readonly int[] Sizes = [2, 3, 4];

    // Some checkpoints long.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>Draws one.</summary>
    public static RankKill Draw(MpiFamily family, Random random)
    {
        int ranks = Sizes[random.Next(Sizes.Length)];
        return new RankKill(
            family,
            ranks,
            random.Next(ranks),
            random.Next(1, MostSteps),
            LongestDelay * random.NextDouble()
        );
    }
}
