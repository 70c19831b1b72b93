namespace Evenkeel.Data.Loading;

/// <summary>What becomes of the examples that do not fill the last batch of an epoch.</summary>
public enum LastBatch
{
    /// <summary>They are left out of this epoch; all batches have one size.</summary>
    Drop,

    /// <summary>They make a smaller batch.</summary>
    Keep,

    /// <summary>
    /// They join the batch before, which is then larger: no batch is small, as batch statistics need, and nothing is
    /// left out.
    /// </summary>
    Merge,
}
