using Evenkeel.Watch.Following;
using Evenkeel.Watch.Pages;

namespace Evenkeel.Watch;

/// <summary>The runs of a page. One thread looks into their folders now and then, and publishes what is new.</summary>
internal sealed class RunSet : IDisposable
{
    private static readonly TimeSpan Cadence = TimeSpan.FromSeconds(1);

    // Looks after which times such as that without news are told again.
    private const int Quiet = 10;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _looking;
    private int _quiet;

    /// <summary>Begins to follow runs.</summary>
    /// <param name="folders">Their folders, one or more; they need not be there yet.</param>
    /// <param name="clock">Tells the time.</param>
    public RunSet(IReadOnlyList<string> folders, TimeProvider clock)
    {
        Runs = [.. folders.Select(folder => new FollowedRun(folder, NameOf(folder, folders), clock))];
        Publish();
        _looking = Task.Run(() => LookOn(clock));
    }

    /// <summary>The runs.</summary>
    public IReadOnlyList<FollowedRun> Runs { get; }

    /// <summary>The page as it is now.</summary>
    public Board Board { get; } = new();

    /// <summary>Looks once more, then ends.</summary>
    public void Dispose()
    {
        _end.Cancel();
        _looking.GetAwaiter().GetResult();
        _end.Dispose();
    }

    private async Task LookOn(TimeProvider clock)
    {
        while (!_end.IsCancellationRequested)
        {
            Look();
            await Task.Delay(Cadence, clock, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Look();
    }

    private void Look()
    {
        // All are looked at, so none may stop the others.
        int changed = Runs.Count(run => run.Look());
        if (changed == 0 && ++_quiet < Quiet)
            return;
        _quiet = 0;
        Publish();
    }

    // The looking thread alone changes the runs, so it reads them without their guards.
    private void Publish() => Board.Publish(PageParts.Of(Runs));

    private static string NameOf(string folder, IReadOnlyList<string> folders)
    {
        string name = Last(folder);
        return folders.Count(other => Last(other) == name) > 1 ? folder : name;
    }

    private static string Last(string folder) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
}
