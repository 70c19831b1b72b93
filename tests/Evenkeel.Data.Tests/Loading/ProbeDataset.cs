using System.Collections.ObjectModel;

namespace Evenkeel.Data.Tests.Loading;

/// <summary>Example i is (i, -i) with label i mod 10. Each reading calls back with its number, on the thread that reads.</summary>
internal sealed class ProbeDataset(int count, Action<int>? onRead = null) : IDataset
{
    private int _reads;

    public string Name => "probe";

    public int Count => count;

    public IReadOnlyList<int> Shape { get; } = new ReadOnlyCollection<int>([2]);

    public int InputLength => 2;

    public int Classes => 10;

    public int Reads => Volatile.Read(ref _reads);

    public void Read(ReadOnlySpan<int> indices, Span<float> inputs, Span<int> labels)
    {
        onRead?.Invoke(_reads);
        Interlocked.Increment(ref _reads);
        for (int i = 0; i < indices.Length; i++)
        {
            inputs[2 * i] = indices[i];
            inputs[(2 * i) + 1] = -indices[i];
            labels[i] = indices[i] % 10;
        }
    }
}
