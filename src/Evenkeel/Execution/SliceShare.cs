namespace Evenkeel.Execution;

/// <summary>Which slices of a batch a rank computes: consecutive ones, as many as any other rank.</summary>
/// <param name="Slices">Slices of a batch.</param>
/// <param name="Rank">This rank.</param>
/// <param name="Ranks">How many there are; they divide the slices.</param>
internal sealed record SliceShare(int Slices, int Rank, int Ranks)
{
    /// <summary>Slices of each rank.</summary>
    public int Mine => Slices / Ranks;

    /// <summary>The first of this rank's slices.</summary>
    public int First => Rank * Mine;

    /// <summary>Whether this rank computes a slice.</summary>
    public bool Has(int slice) => OwnerOf(slice) == Rank;

    /// <summary>The rank that computes a slice.</summary>
    public int OwnerOf(int slice) => slice / Mine;

    /// <summary>The first example of a slice of a batch.</summary>
    public int Start(int slice, int batch) => (int)((long)batch * slice / Slices);
}
