namespace Evenkeel.Testing;

/// <summary>
/// Native memory that catches writes (and, on Linux, reads) outside: on Linux its end touches a page that may not be
/// accessed, elsewhere it is followed by known bytes; it is preceded by known bytes everywhere.
/// </summary>
public sealed unsafe class GuardedBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int CanaryBytes = 256;
    private const byte Canary = 0xA5;

    private readonly GuardedBlock _block;
    private readonly byte* _start;

    /// <summary>Allocates <paramref name="length"/> cleared values.</summary>
    public GuardedBuffer(int length)
    {
        Length = length;
        nuint bytes = (nuint)length * (nuint)sizeof(T);
        nuint behind = GuardedBlock.HasGuardPage ? 0u : CanaryBytes;
        _block = GuardedBlock.Take(CanaryBytes + bytes + behind);
        _start = _block.End - behind - bytes;
        Before.Fill(Canary);
        Behind.Fill(Canary);
        Span.Clear();
    }

    /// <summary>Allocates a copy of <paramref name="values"/>.</summary>
    public GuardedBuffer(ReadOnlySpan<T> values)
        : this(values.Length) => values.CopyTo(Span);

    /// <summary>Number of values.</summary>
    public int Length { get; }

    /// <summary>The first value.</summary>
    public T* Pointer => (T*)_start;

    /// <summary>The values.</summary>
    public Span<T> Span => new(_start, Length);

    private Span<byte> Before => new(_start - CanaryBytes, CanaryBytes);

    // Nothing where a page guards the end.
    private Span<byte> Behind
    {
        get
        {
            byte* end = (byte*)(Pointer + Length);
            return new(end, (int)(_block.End - end));
        }
    }

    /// <summary>Throws if something was written just outside.</summary>
    public void Verify()
    {
        if (Before.ContainsAnyExcept(Canary) || Behind.ContainsAnyExcept(Canary))
            throw new InvalidOperationException($"Something wrote outside a buffer of {Length} {typeof(T).Name}.");
    }

    /// <inheritdoc/>
    public void Dispose() => _block.GiveBack();
}
