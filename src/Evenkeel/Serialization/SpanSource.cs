namespace Evenkeel.Serialization;

/// <summary>Gives the values of a tensor at the moment they are written; for memory that no <see cref="ReadOnlyMemory{T}"/> covers.</summary>
/// <typeparam name="T">The element type.</typeparam>
/// <returns>The values in row-major order.</returns>
public delegate ReadOnlySpan<T> SpanSource<T>()
    where T : unmanaged;
