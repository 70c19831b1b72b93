using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Tests.Reference;
using Evenkeel.Tests.Rewrites;

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

    [Theory]
    [MemberData(nameof(Layers))]
    [MemberData(nameof(Resizings))]
    public void Values_are_those_of_the_definition(string name, Layer layer)
    {
        using Model model = Samples.Model(Network.Input(4, 5, 4).Add(layer, "layer").Build());
        float[] inputs = Samples.Floats(2 * model.Graph.Input.Shape.Count, 6);
        double[] expected = PlaceDefinition.Run(
            model.Graph.Output,
            model.Graph.Input.Shape,
            Array.ConvertAll(inputs, x => (double)x),
            tensor => Array.ConvertAll(model.Floats($"layer.{tensor}").ToArray(), x => (double)x)
        );
        Close.Absolute(expected, RuleCases.Infer(model, inputs), 4e-6, name);
    }

    public static TheoryData<string, Layer> Resizings
    {
        get
        {
            var layers = new TheoryData<string, Layer>();
            foreach (ResizeCoordinates at in Enum.GetValues<ResizeCoordinates>())
            {
                foreach ((int height, int width) in ((int, int)[])[(7, 9), (3, 2), (1, 6)])
                {
                    layers.Add($"between, {at}", new ResizeLinear(height, width) { Coordinates = at });
                    foreach (NearestRounding to in Enum.GetValues<NearestRounding>())
                        layers.Add($"{to}, {at}", new ResizeNearest(height, width) { Coordinates = at, Rounding = to });
                }
            }

            return layers;
        }
    }

    public static TheoryData<string, Layer> Functions =>
        new()
        {
            { "softmax", new Softmax() },
            { "logarithm of softmax", new LogSoftmax() },
            { "softplus", new Softplus() },
            { "swish", new Swish() },
            { "clip", new Clip(-0.3f, 0.4f) },
            { "hard sigmoid", new HardSigmoid(0.9f, 0.4f) },
            { "hard swish", new HardSwish() },
            { "gelu", new Gelu() },
            { "gelu by a tangent", new GeluTanh() },
            { "exponential", new Exp() },
            { "magnitude", new Abs() },
            { "error function", new Erf() },
            { "square", new Power(2) },
            { "cube", new Power(3) },
        };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Gradients_of_functions(string name, Layer layer) =>
        Gradients_are_those_of_finite_differences(name, layer);

    public static TheoryData<string, Layer> OfManyValues =>
        new()
        {
            {
                "layer norm",
                new LayerNorm { Epsilon = 1e-3f }
            },
            {
                "layer norm of rows",
                new LayerNorm { Dimensions = 2 }
            },
            {
                "layer norm of all",
                new LayerNorm { Dimensions = 3 }
            },
            { "group norm", new GroupNorm(2) },
            { "instance norm", new InstanceNorm() },
            { "sum over rows", new ReduceSum([0]) },
            { "sum over channels", new ReduceSum([2]) },
            { "mean over rows and channels", new ReduceMean([0, 2]) },
            { "mean over columns", new ReduceMean([1]) },
            { "largest of an image", new ReduceMax([0, 1]) },
            { "smallest over all", new ReduceMin([2, 0, 1]) },
            { "larger", new ResizeLinear(7, 9) },
            {
                "smaller",
                new ResizeLinear(3, 2) { Coordinates = ResizeCoordinates.AlignCorners }
            },
            {
                "one row",
                new ResizeLinear(1, 6) { Coordinates = ResizeCoordinates.PytorchHalfPixel }
            },
            {
                "from the corner",
                new ResizeLinear(6, 4) { Coordinates = ResizeCoordinates.Asymmetric }
            },
        };

    [Theory]
    [MemberData(nameof(OfManyValues))]
    public void Gradients_of_layers_that_mix_many_values(string name, Layer layer) =>
        Gradients_are_those_of_finite_differences(name, layer);

    public static TheoryData<string, Layer> FunctionsOfPositiveNumbers =>
        new()
        {
            { "logarithm", new Log() },
            { "square root", new Sqrt() },
            { "reciprocal", new Reciprocal() },
            { "root of the inverse", new Power(-0.5f) },
            { "any power", new Power(1.7f) },
        };

    // Behind an exponential all values are above 0.
    [Theory]
    [MemberData(nameof(FunctionsOfPositiveNumbers))]
    public void Gradients_of_functions_of_positive_numbers(string name, Layer layer)
    {
        Assert.NotEmpty(name);
        GradientCheck.Run(
            Network.Input(3, 2, 3).Conv2d(4, 1).Add(new Exp()).Add(layer).GlobalAveragePool().Linear(3).Build(),
            batch: 3
        );
    }

    [Theory]
    [InlineData("larger")]
    [InlineData("smaller")]
    [InlineData("raised")]
    public void Two_values_and_a_stored_one(string operation)
    {
        Layer layer = operation switch
        {
            "larger" => new Maximum(),
            "smaller" => new Minimum(),
            _ => new Raise(),
        };
        GradientCheck.Run(
            HandBuilt.Graph(
                [4, 3, 2],
                [
                    ("conv", new Conv2d(3, Window.Square(1)), ["input"]),
                    ("a", new Exp(), ["conv"]),
                    ("stored", new ConstantValue(new Shape(1, 3, 3)), ["conv"]),
                    ("shared", new Expand(new Shape(4, 3, 3)), ["stored"]),
                    ("b", new Conv2d(3, Window.Square(1)), ["shared"]),
                    ("first", layer, ["a", "b"]),
                    ("second", layer, ["a", "shared"]),
                    ("sum", new Add(), ["first", "second"]),
                    ("flat", new Flatten(), ["sum"]),
                    ("out", new Linear(3), ["flat"]),
                ]
            ),
            batch: 3,
            seed: 2
        );
    }

    [Fact]
    public void One_value_per_channel_is_expanded_over_an_image_and_multiplied() =>
        GradientCheck.Run(
            HandBuilt.Graph(
                [4, 3, 2],
                [
                    ("conv", new Conv2d(3, Window.Square(1)), ["input"]),
                    ("mean", new GlobalAveragePool(), ["conv"]),
                    ("one", new Reshape(new Shape(1, 1, 3)), ["mean"]),
                    ("gate", new Expand(new Shape(4, 3, 3)), ["one"]),
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
        Assert.Throws<GraphException>(() => image().Add(new Expand(new Shape(8, 5, 3))));
        Assert.Throws<GraphException>(() => image().Add(new Reshape(new Shape(7))));
        Assert.Throws<GraphException>(() => image().Add(new Clip(1, 0)));
        Assert.Throws<GraphException>(() => image().Add(new Power(float.NaN)));
        Assert.Throws<GraphException>(() => image().Add(new ReduceSum([])));
        Assert.Throws<GraphException>(() => image().Add(new GroupNorm(2)));
        Assert.Throws<GraphException>(() => image().Add(new LayerNorm { Dimensions = 4 }));
        Assert.Throws<GraphException>(() => image().Add(new LayerNorm { Epsilon = 0 }));
        Assert.Throws<GraphException>(() => image().Flatten().Add(new InstanceNorm()));
        Assert.Throws<GraphException>(() => image().Add(new ReduceMax([3])));
        Assert.Throws<GraphException>(() => image().Add(new ReduceMean([1, 1])));
        Assert.Throws<GraphException>(() => image().Add(new ResizeLinear(0, 3)));
        Assert.Throws<GraphException>(() => image().Flatten().Add(new ResizeLinear(2, 3)));
        Assert.Throws<GraphException>(() => image().Add(new ConvTranspose2d(3, Window.Square(3)) { OutputPadX = 3 }));
    }
}
