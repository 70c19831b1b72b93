namespace Evenkeel.Data.Loading;

/// <summary>Reads the examples that a batch names into it; used by one thread at a time.</summary>
internal interface IBatchReader
{
    /// <summary>Reads all examples of the batch.</summary>
    /// <exception cref="Exception">What the data set threw for the first example that failed.</exception>
    /// <exception cref="ObjectDisposedException">The reader was stopped meanwhile.</exception>
    void Read(Batch batch);

    /// <summary>Asks its threads to end after what they are reading and wakes callers that wait; returns at once.</summary>
    void Stop();

    /// <summary>Waits for its threads to end.</summary>
    void Join();

    /// <summary>Whether a thread is one of them.</summary>
    bool Includes(Thread thread);
}
