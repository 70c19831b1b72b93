using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Networks;
using Evenkeel.Optimizers;

namespace Evenkeel.Diagnostics.Steps;

/// <summary>Networks with every kind of step, in the shapes that kernels go different ways by.</summary>
internal static class CheckedNetworks
{
    private const int Classes = 5;

    public static IEnumerable<CheckedNetwork> All =>
        [
            .. Products,
            .. Convolutions,
            .. Normalizations,
            .. CheckedWhitening.All.Concat(CheckedSums.All).Select(Of),
            Of(CheckedSums.All[0]) with
            {
                Name = "kept as bfloat16",
                KeepActivations = ElementType.BFloat16,
            },
            .. Poolings,
            .. Functions.Select(f => Of($"{f.Kind}", 3, [333], n => n.Add(f))),
            .. PositiveFunctions.Select(f => Of($"{f.Kind}", 3, [333], n => n.Add(new Softplus()).Add(f))),
            .. Moves,
            .. Joins,
            .. Cells,
            .. Updates,
            .. Losses,
            Inference,
        ];

    private static IEnumerable<CheckedNetwork> Products =>
        [
            Of("linear 784 to 100", 60, [784], n => n.Linear(100)),
            Of("linear 17 to 33", 3, [17], n => n.Linear(33)),
            Of("linear 130 to 70", 300, [130], n => n.Linear(70, bias: false)),
            Of("linear 40 to 30 at 50 positions", 50, [50, 40], n => n.Linear(30)),
            Of("softmax of 1000", 17, [30], n => n.Linear(1000).Add(new Softmax())),
            Of("log softmax of 61", 61, [30], n => n.Linear(61).Add(new LogSoftmax())),
            Of("thousand classes", 17, [30], n => n, classes: 1000),
        ];

    private static IEnumerable<CheckedNetwork> Convolutions =>
        [
            Convolution(2, 24, 3, 16, 7, 2),
            Convolution(2, 14, 40, 33, 1, 1),
            Convolution(2, 14, 24, 40, 3, 1),
            Convolution(12, 7, 36, 20, 3, 1),
            Convolution(3, 15, 40, 36, 3, 1),
            Convolution(12, 7, 36, 50, 3, 1),
            Convolution(3, 9, 20, 34, 3, 2),
            Convolution(2, 9, 12, 24, 3, 1, groups: 3),
            Convolution(2, 14, 40, 40, 3, 1, groups: 40),
            Convolution(2, 14, 33, 33, 3, 2, groups: 33),
            Convolution(2, 9, 5, 15, 3, 1, groups: 5),
            Of(
                "residual",
                3,
                [9, 9, 20],
                n => n.Residual(null, b => b.Conv2d(20, 3, padding: 1, bias: false).BatchNorm()).Relu()
            ),
            Of("transposed", 2, [7, 6, 8], n => n.Add(new ConvTranspose2d(6, Window.Square(3, 2, 1)) { Groups = 2 })),
            Of("line", 3, [20, 6], n => n.Add(new Conv1d(8, new AxisWindow(3) { Stride = 2, Before = 1 }))),
            Of("volume", 2, [5, 6, 7, 3], n => n.Add(new Conv3d(4, new AxisWindow(3) { After = 1 }, Window.Square(3)))),
        ];

    private static IEnumerable<CheckedNetwork> Normalizations =>
        [
            BatchNorm(60, 1, 100),
            BatchNorm(1, 4099, 1),
            BatchNorm(10, 100, 33),
            BatchNorm(4, 784, 64),
            BatchNorm(3, 57, 1001),
            Of("batch renormalisation", 5, [40, 33], n => n.BatchNorm(Renormalized).Relu()),
            Of("layer normalisation", 5, [771], n => n.Add(new LayerNorm())),
            Of("group normalisation", 5, [7, 7, 60], n => n.Add(new GroupNorm(6)).Relu()),
            Of("instance normalisation", 5, [50, 33], n => n.Add(new InstanceNorm()).Sigmoid()),
            Of("group normalisation and sum", 17, [9, 75], n => n.Residual(null, b => b.Add(new GroupNorm(25))).Relu()),
            Response(64, 5, 0.75f),
            Response(97, 4, 0.75f),
            Response(97, 5, 0.6f),
            Response(3, 5, 0.75f),
        ];

    private static IEnumerable<CheckedNetwork> Poolings =>
        [
            Pooling(15, 40, 2, 0),
            Pooling(14, 33, 2, 1),
            Pooling(14, 35, 1, 1),
            Of(
                "global average",
                2,
                [7, 7, 37],
                n => n.Concat(null, b => b.GlobalAveragePool(), b => b.GlobalAveragePool())
            ),
        ];

    private static IEnumerable<UnaryFunction> Functions =>
        [
            new Sigmoid(),
            new Tanh(),
            new Relu(),
            new LeakyRelu(),
            new Elu(),
            new Clip(-1, 2),
            new HardSigmoid(),
            new HardSwish(),
            new Softplus(),
            new Swish(),
            new Gelu(),
            new GeluTanh(),
            new Exp(),
            new Abs(),
            new Erf(),
            new Power(2),
            new Power(3),
        ];

    private static IEnumerable<UnaryFunction> PositiveFunctions =>
        [new Log(), new Sqrt(), new Reciprocal(), new Power(2.5f)];

    private static IEnumerable<CheckedNetwork> Moves =>
        [
            Of("transposition", 3, [5, 6, 7], n => n.Add(new Permute([2, 0, 1]))),
            Of("padding", 3, [5, 6, 7], n => n.Add(new Pad([1, 0, 2], [0, 2, 1], Value: 0.5f))),
            Of("broadcast", 3, [1, 6, 1], n => n.Add(new Expand(new Shape(4, 6, 9)))),
            Of("nearest pixel", 3, [5, 6, 7], n => n.Add(new ResizeNearest(9, 4))),
            Of("between pixels", 3, [3, 5, 37], n => n.Add(new ResizeLinear(4, 7))),
            Of("parts", 3, [9, 37], n => n.Add(new Split([5, 32])).Concat(null, b => b.Value(1), b => b.Sigmoid())),
            Of("dropout", 20, [1001], n => n.Dropout(0.4f)),
            Of("noise", 20, [1001], n => n.Add(new GaussianNoise(0.4f))),
            Of("code", 3, [37], n => n.Add(CheckedCode.Scale).Linear(21).Add(CheckedCode.Scale)),
            Of("constant", 3, [6], n => n.Linear(6).Add(new ConstantValue(new Shape(7)))),
            .. Reductions.Select(r => Of($"{r.Kind} {r.Axes}", 2, [123, 321], n => n.Add(r))),
        ];

    private static IEnumerable<Reduction> Reductions =>
        [new ReduceSum([0]), new ReduceMean([1]), new ReduceMax([0]), new ReduceMin([1])];

    private static IEnumerable<CheckedNetwork> Joins =>
        Pairs.Select(pair => Of(pair.Kind, 3, [9, 37], n => Join(n, pair)));

    private static IEnumerable<CheckedNetwork> Cells =>
        [
            Of("long short-term memory", 5, [4, 33], n => n.Lstm(21)),
            Of("gated recurrent units", 5, [4, 33], n => n.Gru(21)),
            Of("sequences with padding", 5, [4, 34], n => n.Lstm(21, Padded)),
        ];

    private static RecurrentOptions Padded => new() { Masked = true, BatchNorm = new RecurrentBatchNorm() };

    private static IEnumerable<Layer> Pairs =>
        [new Add(), new Multiply(), new Subtract(), new Divide(), new Maximum(), new Minimum(), new Raise()];

    private static IEnumerable<CheckedNetwork> Updates =>
        Rules.Select(rule => Of($"update by {rule.Kind}", 4, [2001], n => n) with { Update = rule });

    private static IEnumerable<OptimizerConfig> Rules =>
        [
            new Sgd { WeightDecay = 0.1f },
            new SgdMomentum { WeightDecay = 0.1f },
            new SgdNesterov { WeightDecay = 0.1f },
            new Adagrad { WeightDecay = 0.1f },
            new Adam { WeightDecay = 0.1f },
            new CustomOptimizer("half a step", CheckedCode.HalfStep),
        ];

    private static IEnumerable<CheckedNetwork> Losses =>
        LossKinds.Select(loss => Of($"loss {loss}", 17, [30], n => n) with { Loss = loss });

    private static IEnumerable<Loss> LossKinds =>
        [
            new SoftmaxCrossEntropy { LabelSmoothing = 0.1, ClassWeights = [1, 2, 0.5, 3, 1] },
            new MeanSquaredError(),
            new MeanAbsoluteError(),
            new HuberLoss(0.5),
            new BinaryCrossEntropy(),
            new CustomLoss("product", CheckedCode.Product),
            new CustomLoss("share", CheckedCode.Share, classes: 3),
        ];

    // What only plans for inference have: folded normalisation, a rectified sum, factors for channels.
    private static CheckedNetwork Inference { get; } =
        new(
            "inference",
            PlanMode.Inference,
            2,
            Network
                .Input(9, 9, 12)
                .Conv2d(20, 3, padding: 1)
                .BatchNorm()
                .Residual(null, b => b.Conv2d(20, 1, bias: false).BatchNorm())
                .Relu()
                .Join(
                    new Multiply(),
                    null,
                    b => { },
                    b =>
                        b.GlobalAveragePool()
                            .Linear(20)
                            .Sigmoid()
                            .Add(new Reshape(new Shape(1, 1, 20)))
                            .Add(new Expand(new Shape(9, 9, 20)))
                )
                .BatchNorm()
                .Build()
        );

    // Three readers of one value: without a bias, with bias and activation, and with statistics; gradients are added.
    private static CheckedNetwork Convolution(
        int batch,
        int side,
        int inputs,
        int filters,
        int kernel,
        int stride,
        int groups = 1
    ) =>
        Of(
            $"{kernel}x{kernel}/{stride} convolution, {inputs} to {filters}{(groups > 1 ? $" in {groups}" : "")} at {side}x{side}",
            batch,
            [side, side, inputs],
            n =>
                n.Concat(
                    null,
                    b => b.Conv2d(filters, kernel, stride, kernel / 2, bias: false, groups),
                    b => b.Conv2d(filters, kernel, stride, kernel / 2, groups: groups).Relu(),
                    b => b.Conv2d(filters, kernel, stride, kernel / 2, bias: false, groups).BatchNorm().Relu()
                )
        );

    private static BatchNormConvention Renormalized => new() { Renormalization = new() { FirstStep = 0 } };

    private static CheckedNetwork BatchNorm(int batch, int positions, int channels) =>
        Of(
            $"batch normalisation of {batch * positions}x{channels}",
            batch,
            [positions, channels],
            n =>
                n.BatchNorm()
                    .Relu()
                    .Residual(null, b => b.BatchNorm())
                    .Relu()
                    .Add(new BatchNorm(BatchNormConvention.Default) { NormalizeWith = StatisticsSource.Running })
        );

    private static CheckedNetwork Response(int channels, int size, float beta) =>
        Of(
            $"response of {size} in {channels}, exponent {beta}",
            5,
            [10, channels],
            n => n.Add(new LocalResponseNorm(size, 0.8f, beta))
        );

    private static Network Join(Network network, Layer pair) =>
        network.Join(pair, null, b => b.Linear(21).Add(new Softplus()), b => b.Linear(21).Add(new Softplus()));

    private static CheckedNetwork Pooling(int side, int channels, int stride, int padding)
    {
        Window window = Window.Square(3, stride, padding);
        return Of(
            $"3x3/{stride} pooling of {channels} at {side}x{side}",
            2,
            [side, side, channels],
            n =>
                n.Concat(
                    null,
                    b => b.Add(new MaxPool2d(window)),
                    b => b.Add(new AveragePool2d(window)),
                    b => b.Add(new AveragePool2d(window, AverageDivisor.RealPixels)),
                    b => b.Add(new MaxPool2d(window))
                )
        );
    }

    // Something in front learns, so that all gradients are wanted.
    private static CheckedNetwork Of((string Name, int Batch, int[] Input, Func<Network, Network> Build) network) =>
        Of(network.Name, network.Batch, network.Input, network.Build);

    private static CheckedNetwork Of(
        string name,
        int batch,
        int[] input,
        Func<Network, Network> build,
        int classes = Classes
    ) =>
        new(
            name,
            PlanMode.Training,
            batch,
            build(Network.Input(input).Add(new ChannelAffine())).Linear(classes).Build()
        );
}
