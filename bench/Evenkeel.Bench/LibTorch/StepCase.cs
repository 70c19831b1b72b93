using System.Globalization;

namespace Evenkeel.Bench.LibTorch;

/// <summary>How a network is trained.</summary>
/// <param name="Batch">Examples of a step.</param>
/// <param name="Threads">Of both sides.</param>
/// <param name="BatchNorm">Whether the network has any.</param>
/// <param name="Recompute">Share of convolutions' work that Evenkeel does again.</param>
internal readonly record struct StepCase(int Batch, int Threads, bool BatchNorm, double Recompute)
{
    /// <summary>The words that ask either side for it.</summary>
    public string[] Words(StepNetwork network)
    {
        string[] words =
        [
            network.Name,
            Batch.ToString(CultureInfo.InvariantCulture),
            Threads.ToString(CultureInfo.InvariantCulture),
        ];
        return BatchNorm ? words : [.. words, "--no-bn"];
    }
}
