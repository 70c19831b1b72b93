using System.Runtime.InteropServices;

namespace Evenkeel.Bench;

/// <summary>Random floats in memory of their own, aligned to cache lines as the engine's are.</summary>
internal sealed unsafe class ConvolutionFloats : IDisposable
{
    private readonly float* _block;
    private readonly int _length;

    public ConvolutionFloats(int length)
    {
        _length = length;
        _block = (float*)NativeMemory.AlignedAlloc((nuint)length * sizeof(float), 64);
        var random = new Random(1);
        for (int i = 0; i < length; i++)
            _block[i] = (2 * random.NextSingle()) - 1;
    }

    public Span<float> Span => new(_block, _length);

    public void Dispose() => NativeMemory.AlignedFree(_block);
}
