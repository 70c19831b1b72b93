using Evenkeel.Kernels.Storage;

namespace Evenkeel.Bench;

/// <summary>Random floats from -1 to 1, in memory that is aligned as the engine's is.</summary>
internal sealed class RandomFloats
{
    private readonly MemoryBlock _block;
    private readonly int _length;

    public RandomFloats(long length)
    {
        _length = checked((int)length);
        _block = new MemoryBlock(length * sizeof(float));
        var random = new Random(1);
        foreach (ref float value in Span)
            value = (2 * random.NextSingle()) - 1;
    }

    public Span<float> Span => _block.Span<float>(0, _length);
}
