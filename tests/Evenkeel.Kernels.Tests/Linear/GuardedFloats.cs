using Evenkeel.Testing;

namespace Evenkeel.Kernels.Tests.Linear;

/// <summary>Guarded floats with values to multiply.</summary>
internal sealed unsafe class GuardedFloats(int length) : IDisposable
{
    private readonly GuardedBuffer<float> _buffer = new(length);

    public int Length => _buffer.Length;

    public float* Data => _buffer.Pointer;

    public Span<float> Span => _buffer.Span;

    /// <summary>Small whole numbers, whose products and sums are exact in float.</summary>
    public static GuardedFloats Whole(int length, int seed)
    {
        var random = new Random(seed);
        var floats = new GuardedFloats(length);
        foreach (ref float value in floats.Span)
            value = random.Next(-3, 4);
        return floats;
    }

    /// <summary>Random values in (-1, 1).</summary>
    public static GuardedFloats Uniform(int length, int seed)
    {
        var random = new Random(seed);
        var floats = new GuardedFloats(length);
        foreach (ref float value in floats.Span)
            value = (2 * random.NextSingle()) - 1;
        return floats;
    }

    public void AssertCanaries() => _buffer.Verify();

    public void Dispose() => _buffer.Dispose();
}
