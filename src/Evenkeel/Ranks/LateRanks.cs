using System.Globalization;

namespace Evenkeel.Ranks;

/// <summary>What is said of ranks that do not come: who, where to, and where they are instead.</summary>
internal static class LateRanks
{
    /// <summary>The line about those that are late.</summary>
    /// <param name="places">Of all ranks; null where one does not answer.</param>
    /// <param name="rank">Who waits.</param>
    /// <param name="waited">For how long.</param>
    public static CommunicatorException Tell(RankPlace?[] places, int rank, TimeSpan waited)
    {
        RankPlace here = places[rank]!.Value;
        string time = string.Create(CultureInfo.InvariantCulture, $"for {waited.TotalSeconds:0.###} s");
        // Whoever does not answer keeps those waiting that wait elsewhere, and so does whoever is at work.
        int[] silent = Those(place => place is null),
            busy = Those(place => place is { Exchange: null }),
            elsewhere = Those(place => place != here);
        int[] late =
            silent.Length > 0 ? silent
            : busy.Length > 0 ? busy
            : elsewhere;
        if (late.Length == 0)
            return new($"all ranks are in {here}, but nothing has arrived {time}") { Rank = rank };
        string verb = late.Length == 1 ? "has" : "have",
            comma = here.Step > 0 ? "," : "";
        return new($"{Names(late)} {verb} not reached {here}{comma} {time}{Instead(late, places[late[0]])}")
        {
            Rank = late[0],
        };

        int[] Those(Func<RankPlace?, bool> match) =>
            [.. Enumerable.Range(0, places.Length).Where(r => match(places[r]))];
    }

    private static string Names(int[] ranks) => $"{(ranks.Length == 1 ? "rank" : "ranks")} {string.Join(", ", ranks)}";

    private static string Instead(int[] late, RankPlace? first) =>
        (first, late.Length) switch
        {
            (null, 1) => " and does not answer",
            (null, _) => " and do not answer",
            ({ Exchange: not null } place, 1) => $"; it waits in {place}",
            ({ Step: > 0 } place, 1) => $"; it is still in {place}",
            _ => "",
        };
}
