namespace Evenkeel.Testing;

/// <summary>Lengths that exercise every tail of every vector width.</summary>
public static class Lengths
{
    /// <summary>0 to three of the widest registers and one more.</summary>
    public static IEnumerable<int> AllTails => Enumerable.Range(0, (3 * 16) + 2);

    /// <summary>Odd sizes beyond the tails.</summary>
    public static IEnumerable<int> Odd => [97, 100, 255, 1001, 4099];
}
