using System.Globalization;

namespace Evenkeel.Bench.LibTorch;

/// <summary>How a network is trained.</summary>
internal readonly record struct StepCase(int Batch, int Threads, bool BatchNorm)
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
