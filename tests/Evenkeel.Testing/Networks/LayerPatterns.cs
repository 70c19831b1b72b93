using System.Collections.Immutable;
using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Testing.Networks;

/// <summary>Groups of layers that networks are made of and that rewrites look for; single draws would seldom make them.</summary>
internal static class LayerPatterns
{
    public static ImmutableArray<Action<NetworkDraft, Draw>> All { get; } =
    [
        (n, d) => NormalizedConvolution(n, d, SomeActivation(d)),
        LinearNormalized,
        Residual,
        Gate,
        Excitation,
        AverageThenPointwise,
        Inception,
        ConvolutionAndActivation,
        (n, d) => n.Append(SomeActivation(d), LayerSum(n, d)),
        NormalizedPooling,
    ];

    private static Activation SomeActivation(Draw d) =>
        d.Of<Activation>(
            new Relu(),
            new Sigmoid(),
            new Tanh(),
            new LeakyRelu(d.Of(0.1f, -0.5f)),
            new Elu(),
            new Clip(),
            new HardSigmoid(),
            new HardSwish(),
            new Softplus(),
            new Swish()
        );

    private static Window Same(Draw d) => d.Flag() ? Window.Square(1) : Window.Square(3, 1, 1);

    private static void NormalizedConvolution(NetworkDraft n, Draw d, Activation activation)
    {
        n.Append(new Conv2d(d.Between(1, 6), Same(d), Bias: d.Flag(5)));
        n.Append(new BatchNorm(LayerChoices.Convention(d)) { TrainAffine = !d.Flag(6) });
        n.Append(activation);
    }

    private static void ConvolutionAndActivation(NetworkDraft n, Draw d)
    {
        n.Append(new Conv2d(d.Between(1, 6), Same(d), Bias: true));
        n.Append(SomeActivation(d));
    }

    private static void LinearNormalized(NetworkDraft n, Draw d)
    {
        n.Append(new Linear(d.Between(1, 9), Bias: d.Flag(4)));
        n.Append(new BatchNorm(LayerChoices.Convention(d)));
        n.Append(SomeActivation(d));
    }

    private static void Residual(NetworkDraft n, Draw d)
    {
        Node shortcut = n.Last;
        n.Append(new Conv2d(shortcut.Shape.Channels, Same(d), Bias: d.Flag(5)));
        Node main = n.Append(new BatchNorm(LayerChoices.Convention(d)));
        n.Append(new Add(), d.Flag() ? [main.Name, shortcut.Name] : [shortcut.Name, main.Name]);
        n.Append(new Relu());
    }

    private static void Gate(NetworkDraft n, Draw d)
    {
        Node value = n.Last;
        Node gate = n.Append(d.Of<Activation>(new Sigmoid(), new HardSigmoid(1f / 6f, 0.5f), new HardSigmoid()));
        n.Append(new Multiply(), d.Flag() ? [gate.Name, value.Name] : [value.Name, gate.Name]);
    }

    private static void Excitation(NetworkDraft n, Draw d)
    {
        Node image = n.Last;
        n.Append(new GlobalAveragePool());
        int[] ones = [.. image.Shape.Dimensions.Select(_ => 1)];
        ones[^1] = image.Shape.Channels;
        n.Append(new Reshape(new Shape(ones)));
        n.Append(SomeActivation(d));
        Node factors = n.Append(new Expand(image.Shape));
        n.Append(new Multiply(), d.Flag() ? [factors.Name, image.Name] : [image.Name, factors.Name]);
    }

    private static void AverageThenPointwise(NetworkDraft n, Draw d)
    {
        n.Append(new AveragePool2d(Window.Square(3, 1, 1), d.Of<Kernels.Pooling.AverageDivisor>()));
        n.Append(new Conv2d(d.Between(1, Math.Max(1, n.Last.Shape.Channels - 1)), Window.Square(1), Bias: d.Flag(4)));
    }

    private static void Inception(NetworkDraft n, Draw d)
    {
        Node value = n.Last;
        string[] ends = [.. Enumerable.Range(0, d.Between(2, 3)).Select(_ => Branch(n, d, value))];
        n.Append(new Concat(ends.Length), ends);
    }

    private static string Branch(NetworkDraft n, Draw d, Node value)
    {
        n.Return(value.Name);
        switch (d.Below(5))
        {
            case 0:
                NormalizedConvolution(n, d, SomeActivation(d));
                break;
            case 1:
                ConvolutionAndActivation(n, d);
                break;
            case 2:
                n.Append(new MaxPool2d(Window.Square(3, 1, 1)));
                break;
            case 3:
                AverageThenPointwise(n, d);
                break;
            default:
                n.Append(new BatchNorm(LayerChoices.Convention(d)));
                break;
        }

        return n.Last.Name;
    }

    private static void NormalizedPooling(NetworkDraft n, Draw d)
    {
        NormalizedConvolution(n, d, SomeActivation(d));
        n.Append(new MaxPool2d(Window.Square(3, 1, 1)));
        n.Append(new Conv2d(d.Between(1, 6), Same(d), Bias: d.Flag(5)));
    }

    private static string LayerSum(NetworkDraft n, Draw d) =>
        n.Append(new Add(), n.Last.Name, LayerChoice.Other(n, d, n.Last.Shape)).Name;
}
