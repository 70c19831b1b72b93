using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Onnx.Tests;

/// <summary>One network that has every layer.</summary>
internal static class AllLayers
{
    private static readonly Window Uneven = new(3, 2)
    {
        StrideY = 2,
        PadTop = 1,
        PadRight = 1,
    };

    private static readonly (string Name, Layer Layer, string[] Inputs)[] Layers =
    [
        ("conv", new Conv2d(6, Window.Square(3, 1, 1)) { Groups = 2 }, ["input"]),
        ("lrn", new LocalResponseNorm(3, 0.1f), ["conv"]),
        ("even", new LocalResponseNorm(4, 0.1f), ["lrn"]),
        ("up", new ConvTranspose2d(4, Window.Square(3, 2, 1)) { OutputPadX = 1, Groups = 2 }, ["even"]),
        (
            "small",
            new ResizeNearest(8, 6) { Coordinates = ResizeCoordinates.HalfPixel, Rounding = NearestRounding.HalfDown },
            ["up"]
        ),
        ("turned", new Permute([2, 0, 1]), ["input"]),
        ("edge", new Pad([1, 0, -1], [0, 1, 2], PadMode.Edge), ["turned"]),
        ("zero", new Pad([0, 1, 0], [0, 0, 0], PadMode.Constant, 0.5f), ["edge"]),
        ("shaped", new Reshape(new Shape(7, 10, 5)), ["zero"]),
        ("mixed", new Conv2d(4, new Window(2, 2), Bias: false), ["shaped"]),
        ("wide", new ResizeNearest(8, 6), ["mixed"]),
        ("product", new Multiply(), ["small", "wide"]),
        ("difference", new Subtract(), ["product", "input"]),
        ("sigmoid", new Sigmoid(), ["wide"]),
        ("quotient", new Divide(), ["difference", "sigmoid"]),
        ("norm", new BatchNorm(BatchNormConvention.Default), ["quotient"]),
        ("affine", new ChannelAffine(), ["norm"]),
        ("sum", new Add(), ["affine", "quotient"]),
        ("most", new MaxPool2d(Uneven), ["sum"]),
        ("mean", new AveragePool2d(Uneven), ["sum"]),
        ("parts", new Split([1, 3]), ["most"]),
        ("pools", new Concat(3), ["parts:1", "parts", "mean"]),
        ("global", new GlobalAveragePool(), ["pools"]),
        ("one", new Reshape(new Shape(1, 1, 8)), ["global"]),
        ("everywhere", new Expand(new Shape(4, 6, 8)), ["one"]),
        ("gated", new Add(), ["pools", "everywhere"]),
        ("projection", new Linear(3), ["gated"]),
        ("shares", new Softmax(), ["projection"]),
        ("logs", new LogSoftmax(), ["projection"]),
        ("plus", new Softplus(), ["logs"]),
        ("smooth", new Swish(), ["plus"]),
        ("both", new Add(), ["shares", "smooth"]),
        ("tanh", new Tanh(), ["projection"]),
        ("leaky", new LeakyRelu(0.2f), ["tanh"]),
        ("elu", new Elu(0.5f), ["leaky"]),
        ("swish", new HardSwish(), ["elu"]),
        ("hard", new HardSigmoid(0.3f, 0.4f), ["swish"]),
        ("clip", new Clip(float.NegativeInfinity, 0.6f), ["hard"]),
        ("stored", new ConstantValue(new Shape(4, 6, 3)), ["clip"]),
        ("larger", new Maximum(), ["stored", "clip"]),
        ("gelu", new Gelu(), ["larger"]),
        ("gelutanh", new GeluTanh(), ["gelu"]),
        ("erf", new Erf(), ["gelutanh"]),
        ("magnitude", new Abs(), ["erf"]),
        ("exp", new Exp(), ["magnitude"]),
        ("log", new Log(), ["exp"]),
        ("sqrt", new Sqrt(), ["exp"]),
        ("reciprocal", new Reciprocal(), ["sqrt"]),
        ("cube", new Power(3), ["reciprocal"]),
        ("smaller", new Minimum(), ["cube", "log"]),
        ("raised", new Raise(), ["sqrt", "smaller"]),
        ("power", new Power(-0.7f), ["raised"]),
        ("layernorm", new LayerNorm { Epsilon = 0.01f }, ["power"]),
        ("wholenorm", new LayerNorm { Dimensions = 3 }, ["layernorm"]),
        ("rownorm", new LayerNorm { Dimensions = 2 }, ["wholenorm"]),
        ("instancenorm", new InstanceNorm(), ["rownorm"]),
        ("groupnorm", new GroupNorm(3), ["instancenorm"]),
        ("white", new DecorrelatedBatchNorm(3, BatchNormConvention.Default), ["groupnorm"]),
        ("resized", new ResizeLinear(5, 7) { Coordinates = ResizeCoordinates.AlignCorners }, ["white"]),
        ("scaled", new ResizeLinear(4, 6) { ScaleY = 0.9, ScaleX = 0.9 }, ["resized"]),
        ("largest", new ReduceMax([2]), ["scaled"]),
        ("smallest", new ReduceMin([0]), ["scaled"]),
        ("total", new ReduceSum([0, 1]), ["scaled"]),
        ("average", new ReduceMean([1, 2]), ["scaled"]),
        ("highest", new Expand(new Shape(4, 6, 3)), ["largest"]),
        ("lowest", new Expand(new Shape(4, 6, 3)), ["smallest"]),
        ("range", new Subtract(), ["highest", "lowest"]),
        ("wholes", new Expand(new Shape(4, 6, 3)), ["total"]),
        ("averages", new Expand(new Shape(4, 6, 3)), ["average"]),
        ("statistics", new Divide(), ["averages", "wholes"]),
        ("joined", new Add(), ["range", "statistics"]),
        ("volume", new Reshape(new Shape(4, 3, 3, 2)), ["joined"]),
        (
            "conv3d",
            new Conv3d(6, new AxisWindow(3) { Before = 1, Stride = 2 }, new Window(2, 3) { PadLeft = 1 })
            {
                Groups = 2,
            },
            ["volume"]
        ),
        ("most3d", new MaxPool3d(new AxisWindow(2) { Before = 1 }, new Window(2, 1) { PadBottom = 1 }), ["conv3d"]),
        ("mean3d", new AveragePool3d(new AxisWindow(2) { After = 1 }, new Window(1, 2) { PadRight = 1 }), ["most3d"]),
        ("line", new Reshape(new Shape(8, 6)), ["mean3d"]),
        ("conv1d", new Conv1d(4, new AxisWindow(3) { Before = 2 }, Bias: false) { Groups = 2 }, ["line"]),
        ("most1d", new MaxPool1d(new AxisWindow(3) { Stride = 2, After = 1 }), ["conv1d"]),
        ("mean1d", new AveragePool1d(new AxisWindow(2) { Before = 1 }), ["most1d"]),
        ("row", new Flatten(), ["mean1d"]),
        ("relu", new Relu(), ["row"]),
        ("hidden", new Linear(7, Bias: false), ["relu"]),
        ("norm2", new BatchNorm(BatchNormConvention.Default), ["hidden"]),
        ("wide2", new Linear(28), ["norm2"]),
        ("gates", new IterNorm(3, 4, BatchNormConvention.Default), ["wide2"]),
        ("memory", new LstmCell(), ["gates", "gates", "norm2"]),
        ("noise", new GaussianNoise(0.2f), ["memory"]),
        ("resets", new Linear(21), ["noise"]),
        ("unit", new GruCell(), ["resets", "resets", "memory:1"]),
        ("row2", new Flatten(), ["both"]),
        ("ends", new Concat(2), ["unit", "row2"]),
        ("dropout", new Dropout(0.25f), ["ends"]),
        ("classes", new Linear(5), ["dropout"]),
    ];

    public static Graph Graph { get; } = Build();

    private static Graph Build()
    {
        var shape = new Shape(8, 6, 4);
        var nodes = new List<Node> { new("input", new Input(shape), [], shape) };
        foreach ((string name, Layer layer, string[] inputs) in Layers)
        {
            Shape[] shapes = [.. inputs.Select(i => ShapeOf(nodes, i))];
            nodes.Add(new Node(name, layer, [.. inputs], layer.InferShapes(shapes)));
        }

        return new Graph(nodes, nodes[^1].Name);
    }

    private static Shape ShapeOf(List<Node> nodes, string value)
    {
        Node maker = nodes.Single(n => n.Values.Contains(value));
        return maker.Shapes[maker.Values.ToList().IndexOf(value)];
    }
}
