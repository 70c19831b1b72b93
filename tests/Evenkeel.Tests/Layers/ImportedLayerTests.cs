using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Layers;

/// <summary>The layers that come with imported networks: values and gradients against the double-precision interpreter.</summary>
public sealed class ImportedLayerTests
{
    public static TheoryData<string, Layer> Layers =>
        new()
        {
            { "permute", new Permute([2, 0, 1]) },
            { "pad with zeros", new Pad([1, 0, 2], [0, 2, 0]) },
            { "crop", new Pad([-1, 0, 1], [0, -2, -1], PadMode.Constant, 0.5f) },
            { "mirror", new Pad([2, 1, 0], [1, 2, 0], PadMode.Reflect) },
            { "repeat the edge", new Pad([2, 1, 0], [1, 2, 1], PadMode.Edge) },
            { "enlarge", new ResizeNearest(8, 12) },
            { "shrink", new ResizeNearest(2, 3) },
            { "reshape", new Reshape(new Shape(2, 5, 8)) },
            { "softmax", new Softmax() },
            { "logarithm of softmax", new LogSoftmax() },
            { "softplus", new Softplus() },
            { "swish", new Swish() },
            { "clip", new Clip(-0.3f, 0.4f) },
            { "hard sigmoid", new HardSigmoid(0.9f, 0.4f) },
            { "hard swish", new HardSwish() },
            {
                "transposed",
                new ConvTranspose2d(3, Window.Square(3, 2, 1)) { OutputPadX = 1 }
            },
            {
                "transposed in groups",
                new ConvTranspose2d(6, new Window(2, 3), Bias: false) { Groups = 2 }
            },
            {
                "transposed depthwise",
                new ConvTranspose2d(4, Window.Square(2, 2)) { Groups = 4 }
            },
        };

    [Theory]
    [MemberData(nameof(Layers))]
    public void Gradients_are_those_of_finite_differences(string name, Layer layer)
    {
        Assert.NotEmpty(name);
        GradientCheck.Run(
            Network.Input(4, 5, 3).Conv2d(4, 1).Add(layer).Conv2d(3, 1).GlobalAveragePool().Linear(3).Build(),
            batch: 3
        );
    }

    [Fact]
    public void One_value_per_channel_is_stretched_over_an_image_and_multiplied() =>
        GradientCheck.Run(
            HandBuilt.Graph(
                [4, 3, 2],
                [
                    ("conv", new Conv2d(3, Window.Square(1)), ["input"]),
                    ("mean", new GlobalAveragePool(), ["conv"]),
                    ("one", new Reshape(new Shape(1, 1, 3)), ["mean"]),
                    ("gate", new Stretch(new Shape(4, 3, 3)), ["one"]),
                    ("gated", new Multiply(), ["conv", "gate"]),
                    ("share", new Sigmoid(), ["gated"]),
                    ("quotient", new Divide(), ["conv", "share"]),
                    ("difference", new Subtract(), ["quotient", "gate"]),
                    ("square", new Multiply(), ["difference", "difference"]),
                    ("flat", new Flatten(), ["square"]),
                    ("out", new Linear(3), ["flat"]),
                ]
            ),
            batch: 3
        );

    [Fact]
    public void Shapes_that_do_not_fit_are_refused_with_the_reason()
    {
        Network image() => Network.Input(4, 5, 3);
        Assert.Throws<GraphException>(() => image().Add(new Permute([0, 1])));
        Assert.Throws<GraphException>(() => image().Add(new Pad([-4, 0, 0], [0, 0, 0])));
        Assert.Throws<GraphException>(() => image().Add(new Pad([4, 0, 0], [0, 0, 0], PadMode.Reflect)));
        Assert.Throws<GraphException>(() => image().Add(new Stretch(new Shape(8, 5, 3))));
        Assert.Throws<GraphException>(() => image().Add(new Reshape(new Shape(7))));
        Assert.Throws<GraphException>(() => image().Add(new Clip(1, 0)));
        Assert.Throws<GraphException>(() => image().Add(new ConvTranspose2d(3, Window.Square(3)) { OutputPadX = 3 }));
    }
}
