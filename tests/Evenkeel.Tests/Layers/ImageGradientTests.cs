using Evenkeel.Graphs;
using Evenkeel.Kernels.Pooling;
using Evenkeel.Layers;
using Evenkeel.Planning;
using Evenkeel.Rewrites;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Layers;

/// <summary>Every layer over images, alone and in modules, against finite differences in double precision.</summary>
public sealed class ImageGradientTests
{
    public static TheoryData<string> Rules =>
        [.. RuleSet.Lowering.Select(rule => rule.Name), InPlaceConcatenation.Rule, GatheredSums.Rule, "(none)"];

    [Theory]
    [InlineData(1, 1, 0, 1)]
    [InlineData(3, 1, 1, 1)]
    [InlineData(3, 2, 1, 1)]
    [InlineData(5, 2, 2, 1)]
    [InlineData(3, 1, 1, 3)]
    [InlineData(3, 2, 0, 3)]
    public void Convolution(int kernel, int stride, int padding, int groups) =>
        GradientCheck.Run(
            Network
                .Input(7, 6, 3)
                .Conv2d(6, 3, 1, 1)
                .Conv2d(6, kernel, stride, padding, groups: groups)
                .Relu()
                .GlobalAveragePool()
                .Linear(3)
                .Build(),
            batch: 3
        );

    [Fact]
    public void Depthwise_convolution_with_a_multiplier() =>
        GradientCheck.Run(
            Network
                .Input(6, 5, 2)
                .Conv2d(3, 1)
                .Conv2d(6, 3, 2, 1, bias: false, groups: 3)
                .Conv2d(4, 1)
                .GlobalAveragePool()
                .Build(),
            batch: 3
        );

    [Fact]
    public void A_window_that_is_not_square()
    {
        var window = new Window(2, 3)
        {
            StrideY = 2,
            PadTop = 1,
            PadRight = 2,
        };
        GradientCheck.Run(Pooled(new Conv2d(4, window)), batch: 3);
    }

    [Theory]
    [InlineData(3, 2, 1)]
    [InlineData(2, 2, 0)]
    [InlineData(3, 1, 1)]
    public void Max_pooling(int size, int stride, int padding) =>
        GradientCheck.Run(Pooled(new MaxPool2d(Window.Square(size, stride, padding))), batch: 3);

    [Theory]
    [InlineData(AverageDivisor.Window)]
    [InlineData(AverageDivisor.RealPixels)]
    public void Average_pooling(AverageDivisor divisor) =>
        GradientCheck.Run(Pooled(new AveragePool2d(Window.Square(3, 2, 1), divisor)), batch: 3);

    // More behind than in front, and the other way round.
    [Theory]
    [InlineData(AverageDivisor.Window)]
    [InlineData(AverageDivisor.RealPixels)]
    public void Average_pooling_with_padding_on_one_side(AverageDivisor divisor)
    {
        var window = new Window(3, 2)
        {
            StrideY = 2,
            PadTop = 1,
            PadRight = 1,
        };
        GradientCheck.Run(Pooled(new AveragePool2d(window, divisor)), batch: 3);
    }

    [Fact]
    public void Local_response_normalisation() =>
        GradientCheck.Run(Pooled(new LocalResponseNorm(5, 0.5f, 0.75f, 1.5f)), batch: 3);

    [Fact]
    public void Flatten() =>
        GradientCheck.Run(Network.Input(4, 3, 2).Conv2d(3, 3, 1, 1).Tanh().Flatten().Linear(3).Build(), batch: 3);

    [Fact]
    public void Batch_norm_for_each_activation() =>
        GradientCheck.Run(Pooled(new BatchNorm(BatchNormConvention.Default) { PerActivation = true }), batch: 5);

    [Theory]
    [InlineData("relu")]
    [InlineData("sigmoid")]
    [InlineData("tanh")]
    [InlineData("leakyrelu")]
    public void Convolution_with_statistics_and_activation(string kind)
    {
        Activation activation = kind switch
        {
            "relu" => new Relu(),
            "sigmoid" => new Sigmoid(),
            "tanh" => new Tanh(),
            _ => new LeakyRelu(0.1f),
        };
        GradientCheck.Run(
            Network
                .Input(5, 5, 3)
                .Conv2d(5, 3, 1, 1)
                .BatchNorm()
                .Add(activation)
                .Conv2d(4, 3, 2, 1)
                .Add(activation)
                .GlobalAveragePool()
                .Linear(3)
                .Build(),
            batch: 3
        );
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Inception_module(string without) =>
        GradientCheck.Run(ImageNetworks.Module(stride: 1, batchNorm: true), batch: 3, disabledRules: [without]);

    [Theory]
    [MemberData(nameof(Rules))]
    public void Inception_module_that_shrinks(string without) =>
        GradientCheck.Run(ImageNetworks.Module(stride: 2, batchNorm: true), batch: 3, disabledRules: [without]);

    [Theory]
    [MemberData(nameof(Rules))]
    public void Inception_module_without_batch_norm(string without) =>
        GradientCheck.Run(ImageNetworks.Module(stride: 1, batchNorm: false), batch: 3, disabledRules: [without]);

    [Theory]
    [MemberData(nameof(Rules))]
    public void Residual_blocks(string without) =>
        GradientCheck.Run(ImageNetworks.Residual(), batch: 3, disabledRules: [without]);

    private static Graph Pooled(Layer layer) =>
        Network.Input(6, 5, 2).Conv2d(4, 3, 1, 1).Tanh().Add(layer).Conv2d(3, 1).GlobalAveragePool().Build();
}
