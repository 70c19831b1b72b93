using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;

namespace Evenkeel.Tests.Rewrites;

/// <summary>Networks in which batch normalisation can be folded, or must stay.</summary>
internal static class FoldingNetworks
{
    private static readonly BatchNorm PerActivation = new(BatchNormConvention.Default) { PerActivation = true };

    private static readonly Dictionary<string, Func<Network, Network>> Near = new()
    {
        ["linear"] = _ => Network.Input(9).Linear(7, name: "c").BatchNorm(name: "n").Relu().Linear(3),
        ["convolution"] = image => image.Conv2d(6, 3, 1, 1, name: "c").BatchNorm(name: "n").Relu().Flatten().Linear(3),
        ["grouped"] = image => image.Conv2d(6, 3, 2, 1, groups: 2, name: "c").BatchNorm(name: "n").Sigmoid(),
        ["depthwise"] = image => image.Conv2d(8, 3, 1, 0, groups: 4, name: "c").BatchNorm(name: "n").Relu(),
        ["first-linear"] = _ => Network.Input(9).Relu().BatchNorm(name: "n").Linear(3),
        ["first-unpadded"] = image => image.Relu().BatchNorm(name: "n").Conv2d(5, 3, 2, 0, name: "c").Relu(),
        ["first-grouped"] = image => image.Relu().BatchNorm(name: "n").Conv2d(6, 2, 1, 0, groups: 2, name: "c").Relu(),
        ["flat-first"] = image => image.BatchNorm(name: "n").Linear(3),
        ["first-padded"] = image => image.Relu().BatchNorm(name: "n").Conv2d(5, 3, 1, 1, name: "c").Relu(),
        ["transposed"] = image => Transposed(image, 1).BatchNorm(name: "n").Relu(),
        ["transposed-grouped"] = image => Transposed(image, 2).BatchNorm(name: "n").Relu(),
        ["first-transposed"] = image => Transposed(image.Relu().BatchNorm(name: "n"), 1).Relu(),
        ["between"] = image => image.Relu(name: "a").BatchNorm(name: "n").Sigmoid(name: "b"),
        ["padded-mean"] = image =>
            image.Conv2d(3, 3).Add(new AveragePool2d(Window.Square(3, 1, 1)), "p").BatchNorm(name: "n").Relu(),
        ["reversed-order"] = image => image.Conv2d(3, 3).MaxPool(2, 1, name: "p").BatchNorm(name: "n").Relu(),
        ["past-padding"] = image =>
            image.Relu().BatchNorm(name: "n").Add(new Pad([1, 0, 0], [0, 0, 0]), "p").Conv2d(3, 2),
        ["past-to-output"] = image => image.Relu().BatchNorm(name: "n").Flatten(name: "f"),
        ["rows"] = image => image.Conv2d(3, 3, name: "c").Add(new Permute([2, 1, 0])).BatchNorm(name: "n").Relu(),
        ["per-activation"] = image => image.Conv2d(3, 3, 1, 1, name: "c").Add(PerActivation, "n").Relu(),
        ["output"] = image => image.Relu(name: "a").BatchNorm(name: "n"),
        ["shared"] = image =>
            image
                .Conv2d(4, 3, 1, 1, name: "c")
                .Residual("sum", n => n.BatchNorm(name: "n").Relu(), n => n.Relu(name: "other")),
    };

    private static readonly Dictionary<string, Func<Network, Network>> PastOthers = new()
    {
        ["two"] = image => image.Conv2d(6, 3, name: "c").BatchNorm(name: "n").BatchNorm(name: "m").Relu(),
        ["two-first"] = _ => Network.Input(9).Relu().BatchNorm(name: "n").BatchNorm(name: "m").Linear(3),
        ["two-over-flatten"] = image => image.Relu().BatchNorm().Flatten().BatchNorm().Linear(3),
        ["past-dropout"] = image => image.Relu().BatchNorm().Add(new Dropout(0.5f)).Conv2d(3, 2),
        ["past-flatten"] = image => image.Relu().BatchNorm().Flatten().Add(new Reshape(new Shape(2, 84))).Linear(3),
        ["past-permute"] = image => image.Relu().BatchNorm().Add(new Permute([2, 0, 1])).Flatten().Linear(3),
        ["past-expand"] = _ =>
            Network.Input(1, 1, 4).Relu().BatchNorm().Add(new Expand(new Shape(3, 2, 4))).Conv2d(3, 2),
        ["past-pools"] = image =>
            image
                .Relu()
                .BatchNorm(name: "n")
                .MaxPool(2, 2)
                .Add(new AveragePool2d(Window.Square(2)))
                .GlobalAveragePool()
                .Linear(3),
        ["behind-reshape"] = image => image.Conv2d(4, 3).Add(new Reshape(new Shape(20, 4))).BatchNorm().Relu(),
        ["behind-permute"] = image => image.Linear(5).Add(new Permute([1, 0, 2])).BatchNorm().Relu(),
        ["behind-pools"] = image =>
            image
                .Conv2d(4, 3)
                .MaxPool(2, 1, 1)
                .Add(new AveragePool2d(Window.Square(3, 1, 1), AverageDivisor.RealPixels))
                .GlobalAveragePool()
                .BatchNorm(name: "n")
                .Relu(),
        ["behind-concat"] = image =>
            image.Concat("cat", n => n.Conv2d(3, 3, 1, 1), n => n.Linear(2).Add(new Dropout(0.5f))).BatchNorm().Relu(),
        ["past-concat"] = image =>
            image
                .Relu()
                .Concat("cat", n => n.BatchNorm().Add(new Dropout(0.5f)), n => n.Sigmoid(), n => n.BatchNorm())
                .Conv2d(3, 2),
        ["two-readers"] = image =>
            image.Relu().BatchNorm().Concat("cat", n => n.Conv2d(3, 1).Sigmoid(), n => n.Linear(2).Relu()),
        ["per-activation-linear"] = image =>
            image.Linear(3).Relu().Add(PerActivation).Flatten().Linear(4).Add(PerActivation).Relu(),
        ["into-map"] = image => image.Relu().BatchNorm().Add(new ChannelAffine(), "map").Conv2d(3, 2),
    };

    public static Graph Build(string name) =>
        (Near.GetValueOrDefault(name) ?? PastOthers[name])(Network.Input(7, 6, 4)).Build();

    private static Network Transposed(Network before, int groups) =>
        before.Add(new ConvTranspose2d(6, new Window(3, 2) { StrideY = 2, PadTop = 1 }) { Groups = groups }, "c");
}
