using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Loading;

/// <summary>Fills batch after batch, from a position on; used by one thread at a time.</summary>
internal sealed class BatchSource(IBatchReader reader, ExampleOrder order, BatchLayout layout, LoaderPosition start)
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

        (int first, int count) = layout.Batch(_next.Batch);
        batch.Fill(reader, _next, first, _order.AsSpan(first, count));
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
