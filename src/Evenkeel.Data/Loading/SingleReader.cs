namespace Evenkeel.Data.Loading;

/// <summary>Reads a batch on the calling thread.</summary>
internal sealed class SingleReader(IDataset dataset) : IBatchReader
{
    public void Read(Batch batch) => batch.ReadRun(dataset, 0, batch.Count);

    public void Stop() { }

    public void Join() { }

    public bool Includes(Thread thread) => false;
}
