using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Loading;

/// <summary>Fills batch after batch with its share of each, from a position on; used by one thread at a time.</summary>
internal sealed class BatchSource(
    IBatchReader reader,
    ExampleOrder order,
    BatchLayout layout,
    BatchLoaderOptions options
)
{
    private readonly int[] _order = new int[order.Count];
    private LoaderPosition _next = options.Start;
    private int _orderedEpoch = -1;

    /// <summary>Fills the next batch. After a failure the same batch is tried again.</summary>
    public void FillNext(Batch batch)
    {
        if (_orderedEpoch != _next.Epoch)
        {
            order.Fill(_next.Epoch, _order);
            _orderedEpoch = _next.Epoch;
        }

        (int first, int whole) = layout.Batch(_next.Batch);
        (int before, int count) = options.Share.Of(whole);
        batch.Fill(reader, _next, whole, first + before, _order.AsSpan(first + before, count));
        _next = After(_next);
    }

    /// <summary>The position of the batch that is given after another.</summary>
    public LoaderPosition After(LoaderPosition position)
    {
        (long epochs, long batch) = Math.DivRem((long)position.Batch + options.Stride, layout.BatchesPerEpoch);
        return new LoaderPosition(checked((int)(position.Epoch + epochs)), (int)batch);
    }
}
