using Evenkeel.Data.Loading;

namespace Evenkeel.Execution;

/// <summary>
/// Which slices of a batch a rank computes: consecutive ones, as many as any other rank, each cut in consecutive parts. The micro-batches that
/// are computed one after the other are made of one part of each slice.
/// </summary>
/// <param name="Slices">Slices of a batch.</param>
/// <param name="Rank">This rank.</param>
/// <param name="Ranks">How many there are; they divide the slices.</param>
/// <param name="Parts">Parts of each slice.</param>
internal sealed record SliceShare(int Slices, int Rank, int Ranks, int Parts)
{
    /// <summary>Slices of each rank.</summary>
    public int Mine => Slices / Ranks;

    /// <summary>The first of this rank's slices.</summary>
    public int First => Rank * Mine;

    /// <summary>Whether this rank computes a slice.</summary>
    public bool Has(int slice) => OwnerOf(slice) == Rank;

    /// <summary>The rank that computes a slice.</summary>
    public int OwnerOf(int slice) => slice / Mine;

    /// <summary>Whether a part is the last one of each slice.</summary>
    public bool IsLast(int part) => part == Parts - 1;

    /// <summary>The examples of a part of a slice of a batch.</summary>
    public (int First, int Count) Of(int slice, int part, int batch) =>
        BatchShare.Of(batch, ((long)slice * Parts) + part, (long)Slices * Parts);
}
