using Evenkeel.Cli.Experiments;
using Evenkeel.Data;
using Evenkeel.Data.Images;

namespace Evenkeel.Cli.Claims.Measuring;

/// <summary>What claims are measured with: data, scale, seeds, threads.</summary>
internal sealed class ClaimSetting
{
    /// <summary>How much is computed.</summary>
    public required ClaimLength Length { get; init; }

    /// <summary>The first seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Threads in all; each trial has one of them. No figure but a time depends on it.</summary>
    public required int Threads { get; init; }

    /// <summary>Digits or their like, one row of 28 x 28 pixels from 0 to 1.</summary>
    public required Func<InMemorySplit> Pixels { get; init; }

    /// <summary>Colour images.</summary>
    public required Func<ImageSplit> Images { get; init; }

    /// <summary>Told what is being done.</summary>
    public required Action<string> Progress { get; init; }

    public CancellationToken Cancellation { get; init; }

    /// <summary>Seeds of the trials: three in the short form, five in the long one.</summary>
    public IReadOnlyList<ulong> Seeds => [.. Enumerable.Range(0, Of(3, 5)).Select(i => Seed + (ulong)i)];

    /// <summary>The value of the length that is asked for.</summary>
    public T Of<T>(T shortly, T atLength) => Length == ClaimLength.Short ? shortly : atLength;

    /// <summary>Trains each network from each seed, and reads from each trained one what is needed of it.</summary>
    /// <returns>What was read: for each plan, by seed.</returns>
    public IReadOnlyList<T[]> Train<T>(DatasetSplit data, IReadOnlyList<TrialPlan> plans, Func<Trial, T> read)
    {
        (TrialPlan Plan, ulong Seed)[] trials = [.. from plan in plans from seed in Seeds select (plan, seed)];
        T[] results = Each(
            trials,
            t => t.Plan.Name,
            t =>
            {
                using var trial = new Trial(t.Plan, data, t.Seed);
                trial.Run(Cancellation);
                return read(trial);
            }
        );
        return [.. results.Chunk(Seeds.Count)];
    }

    /// <summary>Does the work of each item on one thread, as many items at a time as there are threads.</summary>
    /// <param name="items">The items.</param>
    /// <param name="name">Name of an item, for progress.</param>
    /// <param name="work">The work; it needs nothing of other items.</param>
    /// <returns>The results, in the order of the items.</returns>
    public TResult[] Each<TItem, TResult>(
        IReadOnlyList<TItem> items,
        Func<TItem, string> name,
        Func<TItem, TResult> work
    )
    {
        var results = new TResult[items.Count];
        int done = 0;
        SideBySide.Run(Threads, [.. Enumerable.Range(0, items.Count).Select(i => (Action)(() => One(i)))]);
        return results;

        void One(int i)
        {
            Cancellation.ThrowIfCancellationRequested();
            results[i] = work(items[i]);
            Progress($"{name(items[i])} ({Interlocked.Increment(ref done)} of {items.Count})");
        }
    }
}

/// <summary>Training and test examples whose pixels can be read in another encoding.</summary>
/// <param name="Train">To train on.</param>
/// <param name="Test">To judge by.</param>
internal sealed record InMemorySplit(InMemoryDataset Train, InMemoryDataset Test)
{
    /// <summary>What the data is called.</summary>
    public string Name => Train.Name.Replace(" train", "", StringComparison.Ordinal);

    /// <summary>The same digits with other values for pixels.</summary>
    public DatasetSplit In(PixelEncoding encoding) => new(Train.WithEncoding(encoding), Test.WithEncoding(encoding));

    /// <summary>As they are.</summary>
    public DatasetSplit Split => new(Train, Test);
}
