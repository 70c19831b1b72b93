namespace Evenkeel.Kernels.Norm;

/// <summary>Channels that are whitened in groups of neighbours.</summary>
/// <param name="Channels">Channels in all, 1 or more, a multiple of <paramref name="Size"/>.</param>
/// <param name="Size">Channels of a group, 1 or more.</param>
public readonly record struct WhiteningShape(int Channels, int Size)
{
    /// <summary>Groups.</summary>
    public int Groups => Channels / Size;

    /// <summary>Values of the matrices of all groups.</summary>
    public int Values => checked(Channels * Size);

    /// <summary>Requires that every size is possible.</summary>
    /// <exception cref="ArgumentException">A size is below 1, the groups do not divide the channels, or the matrices are too large.</exception>
    public void Validate()
    {
        if (Channels < 1 || Size < 1 || Channels % Size != 0)
            throw new ArgumentException($"{Channels} channels are no whole number of groups of {Size}.");
        if ((long)Channels * Size > int.MaxValue / 2)
            throw new ArgumentException($"Matrices of {Channels} x {Size} values are too large; use smaller groups.");
    }

    internal void Check(int length, int expected, string name)
    {
        if (length != expected)
            throw new ArgumentException(
                $"{name} has {length} values; {Groups} group(s) of {Size} channels need {expected}.",
                name
            );
    }
}
