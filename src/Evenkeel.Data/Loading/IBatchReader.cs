namespace Evenkeel.Data.Loading;

/// <summary>Reads the examples that a batch names into it; used by one thread at a time.</summary>
internal interface IBatchReader : IDisposable
{
    /// <summary>Reads all examples of the batch.</summary>
    /// <exception cref="Exception">What the data set threw for the first example that failed.</exception>
    void Read(Batch batch);
}
