namespace Evenkeel.Cli.Claims.Measuring;

/// <summary>How much is computed for a claim.</summary>
internal enum ClaimLength
{
    /// <summary>All claims within minutes, on built-in data.</summary>
    Short,

    /// <summary>More steps and seeds, on the data of the paper and the like.</summary>
    Long,
}
