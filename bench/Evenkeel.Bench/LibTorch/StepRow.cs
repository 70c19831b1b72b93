namespace Evenkeel.Bench.LibTorch;

/// <summary>A network and a way to train it, as measured on all sides.</summary>
internal sealed record StepRow(StepNetwork Network, StepCase Case, StepTimes Ours, StepTimes Tuned, StepTimes Shipped)
{
    /// <summary>Starts all sides, and asks them in turns.</summary>
    /// <exception cref="InvalidOperationException">The sides' networks have different numbers of parameters.</exception>
    public static StepRow Measure(LibTorchPeer peer, StepNetwork network, StepCase asked, int rounds)
    {
        using StepProcess ours = EvenkeelSteps.Start(network, asked),
            tuned = peer.StartTuned(network, asked),
            shipped = peer.Start(network, asked);
        StepProcess[] sides = [ours, tuned, shipped];
        if (sides.Any(side => side.Parameters != ours.Parameters))
        {
            throw new InvalidOperationException(
                $"{network.Title}: {ours.Parameters} parameters here, {shipped.Parameters} in {shipped.Name}."
            );
        }

        var blocks = sides.Select(_ => new List<StepBlock>()).ToArray();
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < sides.Length; i++)
                blocks[i].Add(sides[i].Time(network.BlockSteps));
        }

        return new StepRow(network, asked, StepTimes.Of(blocks[0]), StepTimes.Of(blocks[1]), StepTimes.Of(blocks[2]));
    }
}

/// <summary>One side's steps over all rounds.</summary>
/// <param name="Median">Seconds of a step.</param>
/// <param name="Least">Seconds of a step in the fastest block.</param>
/// <param name="PageFaults">Of a step, the median.</param>
/// <param name="PeakMegabytes">The most memory of the process.</param>
internal readonly record struct StepTimes(double Median, double Least, double PageFaults, double PeakMegabytes)
{
    public static StepTimes Of(List<StepBlock> blocks) =>
        new(
            Bench.Median.Of(blocks.Select(b => b.Seconds)),
            blocks.Min(b => b.Seconds),
            Bench.Median.Of(blocks.Select(b => b.PageFaults)),
            blocks.Max(b => b.PeakMegabytes)
        );
}
