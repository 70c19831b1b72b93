using System.Runtime.InteropServices;

namespace Evenkeel.Kernels.Tests.Lanes;

/// <summary>Floats between two canaries, at an address that is aligned to a cache line or shifted from it.</summary>
internal sealed unsafe class GuardedFloats : IDisposable
{
    private const int Guard = 64;
    private const int Canary = 0x7fc0dead;

    private readonly float* _block;
    private readonly int _total;

    public GuardedFloats(int length, int shift = 0)
    {
        Length = length;
        _total = length + (2 * Guard) + shift;
        _block = (float*)NativeMemory.AlignedAlloc((nuint)_total * sizeof(float), 64);
        new Span<int>(_block, _total).Fill(Canary);
        Pointer = _block + Guard + shift;
    }

    public GuardedFloats(ReadOnlySpan<float> values, int shift = 0)
        : this(values.Length, shift) => values.CopyTo(Span);

    public int Length { get; }

    public float* Pointer { get; }

    public Span<float> Span => new(Pointer, Length);

    public void AssertIntact()
    {
        int before = (int)(Pointer - _block);
        Assert.Equal(-1, new Span<int>(_block, before).IndexOfAnyExcept(Canary));
        Assert.Equal(-1, new Span<int>(Pointer + Length, _total - before - Length).IndexOfAnyExcept(Canary));
    }

    public void Dispose() => NativeMemory.AlignedFree(_block);
}
