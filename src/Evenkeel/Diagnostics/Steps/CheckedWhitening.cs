using Evenkeel.Layers;

namespace Evenkeel.Diagnostics.Steps;

/// <summary>Networks that decorrelate, in the shapes that kernels go different ways by.</summary>
internal static class CheckedWhitening
{
    /// <summary>What it is called, examples in a batch, shape of an example, and the layers.</summary>
    public static (string Name, int Batch, int[] Input, Func<Network, Network> Build)[] All { get; } =
    [
        ("whitening of 300x40 in groups of 8", 300, [40], n => n.DecorrelatedBatchNorm(8).Relu()),
        ("whitening of 400x33", 4, [100, 33], n => n.DecorrelatedBatchNorm(0)),
        ("whitening of single channels", 50, [20], n => n.DecorrelatedBatchNorm(1)),
        ("iterative whitening of 392x48 in groups of 16", 8, [7, 7, 48], n => n.IterNorm().Sigmoid()),
        ("iterative whitening of 300x20", 300, [20], n => n.IterNorm(iterations: 1, groupSize: 0)),
        ("whitening by running statistics", 60, [24], n => n.Add(Frozen).Relu()),
    ];

    private static DecorrelatedBatchNorm Frozen =>
        new(12, BatchNormConvention.Default) { NormalizeWith = StatisticsSource.Running };
}
