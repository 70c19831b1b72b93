using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Loading;

/// <summary>Fills batch after batch with its share of each, from a position on; used by one thread at a time.</summary>
internal sealed class BatchSource(
    IBatchReader reader,
    ExampleOrder order,
    BatchLayout layout,
    BatchShare share,
    LoaderPosition start
)
{
    private readonly int[] _order = new int[order.Count];
    private LoaderPosition _next = start;
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
        (int before, int count) = share.Of(whole);
        batch.Fill(reader, _next, whole, first + before, _order.AsSpan(first + before, count));
        _next = After(_next, layout);
    }

    /// <summary>The position that follows another.</summary>
    public static LoaderPosition After(LoaderPosition position, BatchLayout layout) =>
        position.Batch + 1 < layout.BatchesPerEpoch
            ? position with
            {
                Batch = position.Batch + 1,
            }
            : new LoaderPosition(checked(position.Epoch + 1), 0);
}
