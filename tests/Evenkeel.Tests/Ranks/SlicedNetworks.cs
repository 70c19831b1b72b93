using Evenkeel.Layers;
using Evenkeel.Networks;

namespace Evenkeel.Tests.Ranks;

/// <summary>Small networks in which everything occurs that slices exchange.</summary>
internal static class SlicedNetworks
{
    public static Dictionary<string, Func<Graph>> All { get; } =
        new()
        {
            ["dense"] = () =>
                Network
                    .Input(7)
                    .Linear(16, bias: false)
                    .BatchNorm()
                    .Sigmoid()
                    .Linear(9)
                    .BatchNorm()
                    .Relu()
                    .Linear(4)
                    .Build(),
            ["residual"] = () =>
                Network
                    .Input(6, 6, 3)
                    .Conv2d(8, 3, padding: 1, bias: false)
                    .BatchNorm()
                    .Relu()
                    .Residual("block", n => n.Conv2d(8, 3, padding: 1, bias: false).BatchNorm())
                    .Relu()
                    .Dropout(0.3f)
                    .GlobalAveragePool()
                    .Linear(4)
                    .Build(),
            ["inception"] = () =>
                Network
                    .Input(8, 8, 3)
                    .Concat(
                        "mixed",
                        n => n.Conv2d(8, 1).BatchNorm().Relu(),
                        n => n.Conv2d(16, 3, padding: 1, bias: false).BatchNorm().Relu()
                    )
                    .MaxPool(2, 2)
                    .Flatten()
                    .Linear(4)
                    .Build(),
            ["renorm"] = () => Network.Input(7).Linear(16).BatchNorm(Renormalized).Relu().Linear(4).Build(),
            ["white"] = () =>
                Network
                    .Input(7)
                    .Linear(16)
                    .DecorrelatedBatchNorm(4)
                    .Relu()
                    .Linear(9)
                    .IterNorm(groupSize: 3)
                    .Linear(4)
                    .Build(),
            ["padded"] = () => Padded(0),
            ["paddedPairs"] = () => Padded(2),
            ["ghost"] = () => Tied(1),
            ["groups"] = () => Tied(3),
            ["shared"] = () =>
                Network
                    .Input(7)
                    .Linear(7, name: "a")
                    .BatchNorm(name: "norm")
                    .Tanh()
                    .Linear(7)
                    .Again("a", "b")
                    .Again("norm", "again")
                    .Tanh()
                    .Linear(4)
                    .Build(),
            ["pairs"] = () => Tied(2),
            ["fours"] = () => Tied(4),
            ["plain"] = () => Network.Input(7).Linear(16).Relu().Linear(4).Build(),
        };

    private static BatchNormConvention Renormalized { get; } =
        BatchNormConvention.Default with
        {
            Renormalization = new()
            {
                FirstStep = 0,
                RatioStep = 0,
                OffsetStep = 0,
            },
        };

    // A mask that is below 0 becomes 0: padding, anywhere in a sequence.
    private static Graph Padded(int slices)
    {
        var norm = new RecurrentBatchNorm { StartNoise = 0, SyncGroupSize = slices };
        var options = new RecurrentOptions
        {
            Masked = true,
            Sequence = false,
            BatchNorm = norm,
        };
        return Network.Input(4, 3).Relu().Lstm(4, options).Linear(4).Build();
    }

    private static Graph Tied(int slices) =>
        Network
            .Input(7)
            .Linear(16, bias: false)
            .Add(new BatchNorm(BatchNormConvention.Default) { SyncGroupSize = slices })
            .Relu()
            .Linear(9)
            .BatchNorm()
            .Linear(4)
            .Build();
}
