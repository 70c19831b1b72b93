using Evenkeel.Configuration;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;
using Evenkeel.Normalization;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Configuration;

public sealed class GraphJsonTests
{
    private static (string, Layer, string[])[] ImageLayers =>
        [
            (
                "m",
                new Conv2d(
                    6,
                    new Window(2, 3)
                    {
                        StrideY = 2,
                        PadTop = 1,
                        PadLeft = 2,
                        PadRight = 1,
                    },
                    Bias: false
                )
                {
                    Groups = 2,
                    Trainable = false,
                },
                ["d"]
            ),
            ("n", new MaxPool2d(Window.Square(2)), ["d"]),
            ("o", new AveragePool2d(Window.Square(2), AverageDivisor.RealPixels), ["d"]),
            ("p", new Concat(2), ["n", "o"]),
            ("q", new LocalResponseNorm(3, 0.1f, 0.5f, 2f), ["p"]),
            ("r", new Dropout(0.25f), ["q"]),
            ("s", new Add(), ["r", "p"]),
            ("t", new BatchNorm(BatchNormConvention.Default) { PerActivation = true }, ["s"]),
            ("u", new GlobalAveragePool(), ["t"]),
            ("v", new Flatten(), ["t"]),
            .. ImportedLayers,
        ];

    private static (string, Layer, string[])[] ImportedLayers =>
        [
            ("w", new ConvTranspose2d(4, Window.Square(3, 2, 1)) { OutputPadX = 1, Groups = 2 }, ["d"]),
            ("x", new Permute([2, 0, 1]), ["d"]),
            ("y", new Pad([1, 0, -1], [0, 2, 1], PadMode.Edge), ["d"]),
            ("z", new Pad([0, 0, 0], [0, 0, 1], PadMode.Constant, 0.5f), ["d"]),
            ("aa", new ResizeNearest(5, 6) { ScaleY = 1.7, Rounding = NearestRounding.HalfUp }, ["d"]),
            ("ab", new Reshape(new Shape(2, 12)), ["d"]),
            ("ac", new Stretch(new Shape(3, 2, 4)), ["d"]),
            ("ad", new Softmax(), ["d"]),
            ("ae", new Multiply(), ["d", "d"]),
            ("af", new Subtract(), ["d", "d"]),
            ("ag", new Divide(), ["d", "d"]),
            ("ah", new Clip(float.NegativeInfinity, 3), ["d"]),
            ("ai", new Clip(-1, 2), ["d"]),
            ("aj", new HardSigmoid(0.3f, 0.4f), ["d"]),
            ("ak", new HardSwish(), ["d"]),
            ("al", new LogSoftmax(), ["d"]),
            ("am", new Softplus(), ["d"]),
            ("an", new Swish(), ["d"]),
            .. Functions,
        ];

    private static (string, Layer, string[])[] Functions =>
        [
            ("ba", new Gelu(), ["d"]),
            ("bb", new GeluTanh(), ["d"]),
            ("bc", new Exp(), ["d"]),
            ("bd", new Log(), ["d"]),
            ("be", new Sqrt(), ["d"]),
            ("bf", new Reciprocal(), ["d"]),
            ("bg", new Abs(), ["d"]),
            ("bh", new Erf(), ["d"]),
            ("bi", new Power(-1.5f), ["d"]),
            ("bj", new Maximum(), ["d", "d"]),
            ("bk", new Minimum(), ["d", "d"]),
            ("bl", new Raise(), ["d", "d"]),
            ("bs", new LayerNorm { Dimensions = 2, Epsilon = 0.003f }, ["d"]),
            ("bt", new GroupNorm(2) { Trainable = false }, ["d"]),
            ("bu", new InstanceNorm(), ["d"]),
            ("bn", new ReduceSum([0, 2]), ["d"]),
            ("bo", new ReduceMean([1]), ["d"]),
            ("bp", new ReduceMax([2]), ["d"]),
            ("bq", new ReduceMin([0]), ["d"]),
            ("br", new ResizeLinear(5, 6) { ScaleX = 1.7, Coordinates = ResizeCoordinates.AlignCorners }, ["d"]),
            ("bm", new ConstantValue(new Shape(2, 5)) { Trainable = false }, ["d"]),
        ];

    [Fact]
    public void Every_layer_comes_back_as_it_was_written()
    {
        var convention = new BatchNormConvention
        {
            Epsilon = 0.003f,
            UpdateRate = null,
            RunningVariance = RunningVariance.Biased,
            SingleValue = SingleValuePolicy.SkipUpdate,
        };
        var frozen = new BatchNorm(convention)
        {
            TrainAffine = false,
            UpdateStatistics = false,
            NormalizeWith = StatisticsSource.Running,
        };
        Graph graph = HandBuilt.Graph(
            [3, 2, 5],
            [
                ("a", new Linear(4) { Initializer = new NormalInitializer(0.25), Trainable = false }, ["input"]),
                ("b", frozen, ["a"]),
                ("c", new LeakyRelu(0.3f), ["b"]),
                ("d", new Linear(4, Bias: false) { Initializer = new FanInNormalInitializer(1.5) }, ["c"]),
                ("e", new BatchNorm(BatchNormConvention.Default with { UpdateRate = 0.25 }), ["d"]),
                ("f", new Elu(0.7f), ["e"]),
                ("g", new ChannelAffine { Trainable = false }, ["f"]),
                ("h", new Sigmoid(), ["g"]),
                ("i", new Tanh(), ["g"]),
                ("j", new Relu(), ["i"]),
                ("k", new Linear(2) { Initializer = new ConstantInitializer(0.5) }, ["h"]),
                ("l", new Linear(2), ["j"]),
                .. ImageLayers,
            ],
            output: "k"
        );
        Graph read = GraphJson.Parse(GraphJson.ToText(graph), "text");
        Assert.Equal(graph.Nodes.AsEnumerable(), read.Nodes.AsEnumerable());
        Assert.Equal("k", read.OutputName);
        Type[] kinds =
        [
            .. typeof(Layer).Assembly.GetExportedTypes().Where(t => t.IsSubclassOf(typeof(Layer)) && !t.IsAbstract),
        ];
        Assert.Equal(kinds.ToHashSet(), graph.Nodes.Select(n => n.Layer.GetType()).ToHashSet());
    }

    [Fact]
    public void Names_inputs_and_defaults_may_be_left_out()
    {
        Graph graph = GraphJson.Parse(
            """
            {"input": [5], "layers": [{"type": "linear", "units": 7}, {"type": "batchnorm"}, {"type": "sigmoid"},
             {"type": "linear", "units": 3}]}
            """,
            "text"
        );
        Assert.Equal(
            Network.Input(5).Linear(7).BatchNorm().Sigmoid().Linear(3).Build().Nodes.AsEnumerable(),
            graph.Nodes.AsEnumerable()
        );
    }

    [Theory]
    [InlineData(
        """{"input": [5], "layers": [{"type": "linear", "unist": 7, "units": 3}]}""",
        "net.json: layers[0]",
        "unist",
        "known here: ",
        "units"
    )]
    [InlineData(
        """{"input": [5], "layers": [{"type": "linear", "units": "7"}]}""",
        "layers[0].units",
        "whole number",
        "the text \"7\""
    )]
    [InlineData("""{"input": [5], "layers": [{"type": "linear", "units": 0}]}""", "layers[0].units", "0 is outside 1")]
    [InlineData("""{"input": [5], "layers": [{"type": "linear", "units": 1.5}]}""", "layers[0].units", "whole number")]
    [InlineData("""{"input": [5], "layers": [{"type": "linear"}]}""", "layers[0].units", "missing")]
    [InlineData("""{"input": [5], "layers": [{"units": 3}]}""", "layers[0].type", "missing")]
    [InlineData("""{"input": [5], "layers": [{"type": "linaer", "units": 3}]}""", "linaer", "known: linear, batchnorm")]
    [InlineData("""{"input": [5], "layers": [{"type": "relu", "type": "relu"}]}""", "layers[0]", "'type'", "twice")]
    [InlineData(
        """{"input": [5], "layers": [{"type": "linear", "units": 3, "bias": 1}]}""",
        "layers[0].bias",
        "true or false"
    )]
    [InlineData(
        """{"input": [5], "layers": [{"type": "relu", "inputs": "input"}]}""",
        "layers[0].inputs",
        "list of texts"
    )]
    [InlineData("""{"input": [5], "layers": [{"type": "relu", "inputs": [1]}]}""", "layers[0].inputs", "list of texts")]
    [InlineData(
        """{"input": [5], "layers": [{"type": "batchnorm", "updateRate": 1.5}]}""",
        "layers[0]",
        "(0, 1]",
        "1.5"
    )]
    [InlineData(
        """{"input": [5], "layers": [{"type": "batchnorm", "updateRate": "often"}]}""",
        "layers[0].updateRate",
        "count"
    )]
    [InlineData("""{"input": [5], "layers": [{"type": "batchnorm", "eps": -1}]}""", "layers[0]", "epsilon", "-1")]
    [InlineData(
        """{"input": [5], "layers": [{"type": "batchnorm", "runningVariance": "n"}]}""",
        "runningVariance",
        "unbiased, biased"
    )]
    [InlineData(
        """{"input": [5], "layers": [{"type": "linear", "units": 3, "init": {"type": "x"}}]}""",
        "init.type",
        "fanInUniform"
    )]
    [InlineData(
        """{"input": [5], "layers": [{"type": "linear", "units": 3, "init": {"type": "normal"}}]}""",
        "init.std",
        "missing"
    )]
    [InlineData("""{"input": [], "layers": []}""", "net.json: input", "dimension")]
    [InlineData("""{"input": [5000000000], "layers": []}""", "net.json: input")]
    [InlineData("""{"input": "5", "layers": []}""", "net.json: input", "list of whole numbers")]
    [InlineData("""{"input": [5]}""", "net.json: layers", "missing")]
    [InlineData("""{"input": [5], "layers": [], "outptu": "x"}""", "outptu", "known here: input, layers, output")]
    [InlineData("""{"input": [5], "layers": {}}""", "net.json: layers", "list of objects")]
    [InlineData("""[5]""", "net.json", "expected an object", "a list")]
    [InlineData("""{"input": [5],""", "net.json", "not valid JSON")]
    public void A_mistake_is_named_with_its_place(string json, params string[] words)
    {
        var e = Assert.Throws<ConfigurationException>(() => GraphJson.Parse(json, "net.json: "));
        Assert.All(words, word => Assert.Contains(word, e.Message));
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData("""{"input": [5], "layers": [{"type": "relu", "inputs": ["later"]}]}""", "'later'")]
    [InlineData("""{"input": [5], "layers": [{"type": "relu", "inputs": []}]}""", "relu1")]
    [InlineData("""{"input": [5], "layers": [{"type": "relu", "name": "input"}]}""", "Two layers are named 'input'")]
    [InlineData("""{"input": [5], "layers": [{"type": "relu"}], "output": "relu7"}""", "relu7")]
    [InlineData("""{"input": [5], "layers": [{"type": "elu", "alpha": -1}]}""", "elu1")]
    [InlineData("""{"input": [100000], "layers": [{"type": "linear", "units": 100000}]}""", "linear1")]
    public void Layers_that_do_not_fit_are_named(string json, string word) =>
        Assert.Contains(word, Assert.Throws<GraphException>(() => GraphJson.Parse(json, "net.json: ")).Message);
}
