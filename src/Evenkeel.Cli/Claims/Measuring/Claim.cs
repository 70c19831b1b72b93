namespace Evenkeel.Cli.Claims.Measuring;

/// <summary>A claim about batch normalisation, and the experiment that answers it.</summary>
/// <param name="number">Its number in the list of claims, from 1.</param>
internal abstract class Claim(int number)
{
    public int Number => number;

    /// <summary>What is claimed, as one sentence.</summary>
    public abstract string Statement { get; }

    /// <summary>Where it is claimed.</summary>
    public abstract string Source { get; }

    /// <summary>When the verdict is which, in words.</summary>
    public abstract string Rule { get; }

    /// <summary>Does the experiment.</summary>
    /// <param name="setting">Data, scale, seeds and threads.</param>
    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public abstract Finding Measure(ClaimSetting setting);
}
