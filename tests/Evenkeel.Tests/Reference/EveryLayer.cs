using Evenkeel.Diagnostics.Steps;
using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Tests.Reference;

/// <summary>One network that has every kind of layer, with fields that differ from their defaults.</summary>
internal static class EveryLayer
{
    public static Graph Graph { get; } = Build();

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
            .. LineAndVolumeLayers,
            .. Cells,
            ("ci", CheckedCode.Scale with { Trainable = false }, ["d"]),
        ];

    private static (string, Layer, string[])[] Cells =>
        [
            ("da", new Flatten(), ["d"]),
            ("dg", new GaussianNoise(0.3f), ["da"]),
            ("db", new Linear(12) { Initializer = new NormalInitializer(0.2) }, ["da"]),
            ("dc", new Linear(3) { Initializer = new OrthogonalInitializer() }, ["db"]),
            ("dd", new LstmCell(), ["db", "db", "dc"]),
            ("de", new Linear(9) { Initializer = new IdentityInitializer(0.5) }, ["dd"]),
            ("df", new GruCell(), ["de", "de", "dd:1"]),
        ];

    private static (string, Layer, string[])[] LineAndVolumeLayers =>
        [
            ("ca", new Reshape(new Shape(6, 4)), ["d"]),
            ("cb", new Conv1d(6, new AxisWindow(3) { Stride = 2, After = 2 }, Bias: false) { Groups = 2 }, ["ca"]),
            ("cc", new MaxPool1d(new AxisWindow(3) { Stride = 2, Before = 1 }), ["ca"]),
            ("cd", new AveragePool1d(new AxisWindow(2), AverageDivisor.RealPixels), ["ca"]),
            ("ce", new Reshape(new Shape(2, 3, 2, 2)), ["d"]),
            ("cf", new Conv3d(6, new AxisWindow(2) { Before = 1 }, Uneven) { Trainable = false }, ["ce"]),
            ("cg", new MaxPool3d(new AxisWindow(2) { Stride = 2, After = 1 }, Uneven), ["ce"]),
            ("ch", new AveragePool3d(new AxisWindow(2), Uneven, AverageDivisor.RealPixels), ["ce"]),
        ];

    private static Window Uneven =>
        new(2, 3)
        {
            StrideX = 2,
            PadTop = 1,
            PadLeft = 2,
            PadRight = 1,
        };

    private static (string, Layer, string[])[] ImportedLayers =>
        [
            ("w", new ConvTranspose2d(4, Window.Square(3, 2, 1)) { OutputPadX = 1, Groups = 2 }, ["d"]),
            ("x", new Permute([2, 0, 1]), ["d"]),
            ("xa", new Split([1, 3]), ["d"]),
            ("xb", new Relu(), ["xa:1"]),
            ("y", new Pad([1, 0, -1], [0, 2, 1], PadMode.Edge), ["d"]),
            ("z", new Pad([0, 0, 0], [0, 0, 1], PadMode.Constant, 0.5f), ["d"]),
            ("aa", new ResizeNearest(5, 6) { ScaleY = 1.7, Rounding = NearestRounding.HalfUp }, ["d"]),
            ("ab", new Reshape(new Shape(2, 12)), ["d"]),
            ("ac", new Expand(new Shape(3, 2, 4)), ["d"]),
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
            (
                "ca1",
                new DecorrelatedBatchNorm(2, BatchNormConvention.Default with { UpdateRate = 0.25 })
                {
                    TrainAffine = false,
                    UpdateStatistics = false,
                    NormalizeWith = StatisticsSource.Running,
                },
                ["d"]
            ),
            ("ca2", new IterNorm(3, 0, BatchNormConvention.Default) { SyncGroupSize = 2 }, ["d"]),
            ("bn", new ReduceSum([0, 2]), ["d"]),
            ("bo", new ReduceMean([1]), ["d"]),
            ("bp", new ReduceMax([2]), ["d"]),
            ("bq", new ReduceMin([0]), ["d"]),
            ("br", new ResizeLinear(5, 6) { ScaleX = 1.7, Coordinates = ResizeCoordinates.AlignCorners }, ["d"]),
            ("bm", new ConstantValue(new Shape(2, 5)) { Trainable = false }, ["d"]),
        ];

    private static Graph Build()
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
        return HandBuilt.Graph(
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
    }
}
