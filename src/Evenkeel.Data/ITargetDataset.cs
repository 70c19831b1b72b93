namespace Evenkeel;

/// <summary>
/// Examples with float targets: the values that the network should output, as in regression. <see cref="IDataset.Classes"/> is 0, and
/// <see cref="IDataset.Read"/> gives only the inputs.
/// </summary>
public interface ITargetDataset : IDataset
{
    /// <summary>Shape of one example's target: as many values as the network's output, or as a loss of your own takes.</summary>
    IReadOnlyList<int> TargetShape { get; }

    /// <summary>Values of one target: the product of <see cref="TargetShape"/>.</summary>
    int TargetLength { get; }

    /// <summary>
    /// Reads examples and their targets into rows, in the order of <paramref name="indices"/>. The result depends only on data set, epoch
    /// and index.
    /// </summary>
    /// <param name="indices">Examples, each 0 to <see cref="IDataset.Count"/>- 1; may repeat.</param>
    /// <param name="epoch">The epoch, from 0; data without augmentation ignores it.</param>
    /// <param name="inputs">[indices.Length, InputLength], overwritten.</param>
    /// <param name="targets">[indices.Length, TargetLength], overwritten.</param>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An index is outside the data.</exception>
    void Read(ReadOnlySpan<int> indices, int epoch, Span<float> inputs, Span<float> targets);
}
