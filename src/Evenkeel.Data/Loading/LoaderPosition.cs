namespace Evenkeel.Data.Loading;

/// <summary>A place in the sequence of batches. With the loader's options it is all that resuming needs.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Batch">The batch within the epoch, from 0.</param>
public readonly record struct LoaderPosition(int Epoch, int Batch);
