using Evenkeel.Data.Sampling;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Data.Loading;

/// <summary>
/// Gives the batches of one epoch after another, without end. The batches follow from the data and the options alone: a
/// loader opened at a position gives what a loader that came there by itself gives, whatever either reads ahead.
/// One thread may use a loader at a time, another is refused. Nothing is allocated per batch. The threads that read end when the loader is
/// disposed of, or when nothing refers to it any more.
/// </summary>
public sealed class BatchLoader : IDisposable
{
    private const int MaxPrefetch = 1024;

    private readonly IBatchReader _reader;
    private readonly BatchSource _source;
    private readonly PrefetchRing? _ring;
    private readonly Batch _single;

    // The threads refer to ring and reader alone, so that they do not keep the loader.
    private readonly Exclusive _turn = new("batch loader");

    /// <summary>Opens a loader; with prefetch, reading starts at once.</summary>
    /// <exception cref="ArgumentException">The options do not fit the data; the message says how.</exception>
    public BatchLoader(IDataset dataset, BatchLoaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Prefetch is < 0 or > MaxPrefetch)
            throw new ArgumentException(
                $"Prefetch is {options.Prefetch}, but must be 0 to {MaxPrefetch}.",
                nameof(options)
            );
        if (options.Workers is < 1 or > BatchLoaderOptions.MaxWorkers)
            throw new ArgumentException(
                $"Workers is {options.Workers}, but must be 1 to {BatchLoaderOptions.MaxWorkers}.",
                nameof(options)
            );
        if (options.Stride < 1)
            throw new ArgumentException($"Stride is {options.Stride}, but must be 1 or more.", nameof(options));
        if (dataset.Count < 1)
            throw new ArgumentException($"{dataset.Name}: there are no examples to load.", nameof(dataset));
        Layout = new BatchLayout(dataset.Count, options.BatchSize, options.LastBatch);
        int most = options.Share.Most(Layout.MaxBatch);
        RequireRoom(dataset, most);
        if (options.Start.Epoch < 0 || (uint)options.Start.Batch >= (uint)Layout.BatchesPerEpoch)
        {
            throw new ArgumentException(
                $"{dataset.Name}: the start at epoch {options.Start.Epoch}, batch {options.Start.Batch} does not exist; an "
                    + $"epoch has {Layout.BatchesPerEpoch} batches, numbered from 0. Resume with the data and the batch size "
                    + "of the run that was stopped.",
                nameof(options)
            );
        }

        Position = options.Start;
        var order = new ExampleOrder(dataset.Count, options.Shuffle, options.Seed, options.Shards);
        _reader = options.Workers > 1 ? new ReaderTeam(dataset, options.Workers) : new SingleReader(dataset);
        _source = new BatchSource(_reader, order, Layout, options);
        var slots = new Batch[options.Prefetch + 1];
        for (int i = 0; i < slots.Length; i++)
            slots[i] = new Batch(most, dataset);
        _single = slots[0];
        _ring = options.Prefetch > 0 ? new PrefetchRing(_source, slots) : null;
    }

    /// <summary>Ends the threads of a loader that was not disposed of.</summary>
    ~BatchLoader() => Stop();

    /// <summary>How an epoch is cut into batches.</summary>
    public BatchLayout Layout { get; }

    /// <summary>The batch that <see cref="Next"/> gives next: what a checkpoint keeps.</summary>
    public LoaderPosition Position { get; private set; }

    /// <summary>The next batch; the one before it is no longer valid.</summary>
    /// <returns>A batch that the loader reuses.</returns>
    /// <exception cref="ObjectDisposedException">The loader has been disposed of, perhaps while this call waited.</exception>
    /// <exception cref="InvalidOperationException">Another thread is asking for a batch.</exception>
    /// <exception cref="Exception">What the data set threw while this batch was read.</exception>
    public Batch Next()
    {
        using Exclusive.Turn turn = _turn.Enter();
        Batch batch = _single;
        if (_ring is null)
            _source.FillNext(batch);
        else
            batch = _ring.Take() ?? throw _turn.Closed();
        Position = _source.After(Position);
        return batch;
    }

    /// <summary>
    /// Stops reading ahead; a batch that is being read is finished first, and a call that waits for one is refused. From inside the data set
    /// nothing is waited for. A batch that was given stays as it is.
    /// </summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _turn.Refuse();
        Stop();
        Thread caller = Thread.CurrentThread;
        if (_turn.IsMine || _reader.Includes(caller) || _ring?.Includes(caller) == true)
            return;
        _turn.Close();
        _ring?.Join();
        _reader.Join();
    }

    private static void RequireRoom(IDataset dataset, int examples)
    {
        int values = Math.Max(dataset.InputLength, (dataset as ITargetDataset)?.TargetLength ?? 0);
        if ((long)examples * values > Array.MaxLength)
            throw new ArgumentException(
                $"{dataset.Name}: a batch of {examples} examples of {values} values is too large.",
                nameof(dataset)
            );
    }

    // Fields are missing where the constructor refused its arguments.
    private void Stop()
    {
        _ring?.Stop();
        _reader?.Stop();
    }
}
