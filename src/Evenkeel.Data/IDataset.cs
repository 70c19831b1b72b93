namespace Evenkeel;

/// <summary>
/// Labelled examples of one shape. Reading is thread-safe and allocates nothing, so background threads can prefetch batches.
/// </summary>
public interface IDataset
{
    /// <summary>Name of the data, for messages and reports.</summary>
    string Name { get; }

    /// <summary>Number of examples.</summary>
    int Count { get; }

    /// <summary>Shape of one example, for instance [784] or [28, 28, 1] (height, width, channels).</summary>
    IReadOnlyList<int> Shape { get; }

    /// <summary>Values of one example: the product of <see cref="Shape"/>.</summary>
    int InputLength { get; }

    /// <summary>Number of classes; labels are 0 to <see cref="Classes"/>- 1. 0 for data without labels; all labels are then 0.</summary>
    int Classes { get; }

    /// <summary>
    /// Labels of one example: 1, its class, or one for each position of the network's output, as for each step of a sequence. A position may have the
    /// label -1, none: it counts in no loss and no accuracy. Some position of each example must have a label.
    /// </summary>
    int LabelLength => 1;

    /// <summary>Reads examples into rows, in the order of <paramref name="indices"/>.</summary>
    /// <param name="indices">Examples, each 0 to <see cref="Count"/>- 1; may repeat.</param>
    /// <param name="inputs">[indices.Length, InputLength], overwritten.</param>
    /// <param name="labels">[indices.Length, LabelLength], overwritten.</param>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the data.</exception>
    void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels);
}
