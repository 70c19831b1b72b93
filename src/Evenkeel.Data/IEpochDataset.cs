namespace Evenkeel.Data;

/// <summary>
/// Examples that are read anew each epoch, such as randomly cropped images. What is read is a function of the data set, the
/// epoch and the index alone, never of what was read before or by how many threads. <see cref="IDataset.Read"/> gives
/// epoch 0.
/// </summary>
public interface IEpochDataset : IDataset
{
    /// <summary>Reads examples as they are in one epoch, in the order of <paramref name="indices"/>.</summary>
    /// <param name="indices">Examples, each 0 to <see cref="IDataset.Count"/>- 1; may repeat.</param>
    /// <param name="epoch">The epoch, from 0.</param>
    /// <param name="inputs">[indices.Length, InputLength], overwritten.</param>
    /// <param name="labels">[indices.Length, LabelLength], overwritten.</param>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the data, or the epoch negative.</exception>
    void Read(ReadOnlySpan<int> indices, int epoch, Span<float> inputs, Span<int> labels);
}
