using System.Collections.Immutable;

namespace Evenkeel.Testing.Networks;

/// <summary>Reads one row of a recipe as the choices that it stands for; behind its end there are only zeros.</summary>
/// <param name="numbers">The row.</param>
public sealed class Draw(ImmutableArray<uint> numbers)
{
    private int _next;

    /// <summary>The first of <paramref name="count"/> for 0.</summary>
    public int Below(int count) => (int)(Next() % (uint)count);

    /// <summary>A whole number, the smallest for 0.</summary>
    public int Between(int smallest, int largest) => smallest + Below(largest - smallest + 1);

    /// <summary>False for 0; true in one of <paramref name="oneOf"/>.</summary>
    public bool Flag(int oneOf = 2) => Below(oneOf) == oneOf - 1;

    /// <summary>One of some values, the first for 0.</summary>
    public T Of<T>(params ReadOnlySpan<T> values) => values[Below(values.Length)];

    /// <summary>One of an enumeration's values.</summary>
    public T Of<T>()
        where T : struct, Enum => Of<T>(Enum.GetValues<T>());

    /// <summary>A number in steps of a thousandth of the range, the smallest for 0.</summary>
    public float Real(float smallest, float largest) => smallest + ((largest - smallest) * Below(1001) / 1000);

    /// <summary>The number itself.</summary>
    public uint Next() => _next < numbers.Length ? numbers[_next++] : 0;
}
