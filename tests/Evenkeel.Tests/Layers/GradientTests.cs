using Evenkeel.Layers;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Layers;

public sealed class GradientTests
{
    private static readonly string[] Unfused = ["fuse-activation"];

    public static TheoryData<string> Activations => ["sigmoid", "tanh", "relu", "leakyrelu", "elu"];

    [Fact]
    public void Linear_alone() => GradientCheck.Run(Network.Input(5).Linear(4).Build());

    [Fact]
    public void Linear_without_bias() => GradientCheck.Run(Network.Input(5).Linear(4, bias: false).Build());

    [Theory]
    [MemberData(nameof(Activations))]
    public void Activation_between_linear_layers(string kind) =>
        GradientCheck.Run(Network.Input(5).Linear(7).Add(Make(kind)).Linear(4).Build());

    [Theory]
    [MemberData(nameof(Activations))]
    public void Activation_as_output(string kind) =>
        GradientCheck.Run(Network.Input(5).Linear(7).Add(Make(kind)).Build());

    [Theory]
    [MemberData(nameof(Activations))]
    public void Batch_norm_fused_with_its_activation(string kind) => GradientCheck.Run(Normalized(Make(kind)));

    [Theory]
    [MemberData(nameof(Activations))]
    public void Batch_norm_apart_from_its_activation(string kind) =>
        GradientCheck.Run(Normalized(Make(kind)), disabledRules: Unfused);

    [Fact]
    public void Batch_norm_without_activation() =>
        GradientCheck.Run(Network.Input(5).Linear(7).BatchNorm().Linear(4).Build());

    [Fact]
    public void Batch_norm_as_output() => GradientCheck.Run(Network.Input(5).Linear(7).BatchNorm().Build());

    [Fact]
    public void Batch_norm_on_the_input_itself() => GradientCheck.Run(Network.Input(5).BatchNorm().Linear(4).Build());

    [Fact]
    public void Batch_norm_with_a_large_epsilon() =>
        GradientCheck.Run(
            Network.Input(5).Linear(7).BatchNorm(new BatchNormConvention { Epsilon = 0.7f }).Tanh().Linear(4).Build()
        );

    [Theory]
    [MemberData(nameof(Activations))]
    public void Frozen_batch_norm_fused(string kind) => GradientCheck.Run(Frozen(Make(kind)));

    [Theory]
    [MemberData(nameof(Activations))]
    public void Frozen_batch_norm_apart(string kind) => GradientCheck.Run(Frozen(Make(kind)), disabledRules: Unfused);

    [Theory]
    [InlineData(StatisticsSource.Batch)]
    [InlineData(StatisticsSource.Running)]
    public void Batch_norm_whose_affine_is_not_trained(StatisticsSource source)
    {
        var norm = new BatchNorm(BatchNormConvention.Default) { TrainAffine = false, NormalizeWith = source };
        GradientCheck.Run(Network.Input(5).Linear(7).Add(norm).Sigmoid().Linear(4).Build());
    }

    [Fact]
    public void Channel_affine() =>
        GradientCheck.Run(Network.Input(5).Linear(7).Add(new ChannelAffine()).Tanh().Linear(4).Build());

    [Fact]
    public void Channel_affine_that_is_not_trained() =>
        GradientCheck.Run(
            Network.Input(5).Linear(7).Add(new ChannelAffine { Trainable = false }).Tanh().Linear(4).Build()
        );

    [Fact]
    public void Linear_that_is_not_trained_passes_the_gradient_on() =>
        GradientCheck.Run(
            Network.Input(5).Linear(7).Tanh().Add(new Linear(6) { Trainable = false }).Sigmoid().Linear(4).Build()
        );

    [Fact]
    public void Nothing_learns_before_the_first_trainable_layer() =>
        GradientCheck.Run(
            Network
                .Input(5)
                .Add(new Linear(7) { Trainable = false })
                .Add(new BatchNorm(BatchNormConvention.Default) { TrainAffine = false })
                .Sigmoid()
                .Linear(4)
                .Build()
        );

    [Fact]
    public void Statistics_go_over_all_positions() =>
        GradientCheck.Run(
            Network.Input(4, 4, 6).Linear(5).BatchNorm().Relu().Linear(3).BatchNorm().Sigmoid().Linear(4).Build(),
            batch: 3
        );

    [Fact]
    public void Affine_over_positions() =>
        GradientCheck.Run(Network.Input(2, 3, 6).Linear(5).Add(new ChannelAffine()).Elu().Linear(4).Build(), batch: 2);

    [Fact]
    public void Deep_network_of_all_activations() =>
        GradientCheck.Run(
            Network
                .Input(9)
                .Linear(8)
                .BatchNorm()
                .LeakyRelu(0.2f)
                .Linear(7)
                .BatchNorm()
                .Elu(0.6f)
                .Linear(6)
                .Tanh()
                .Linear(5)
                .BatchNorm()
                .Sigmoid()
                .Linear(4)
                .Build(),
            batch: 11
        );

    private static Graph Normalized(Activation activation) =>
        Network.Input(5).Linear(7).BatchNorm().Add(activation).Linear(6).BatchNorm().Add(activation).Linear(4).Build();

    private static Graph Frozen(Activation activation)
    {
        var norm = new BatchNorm(BatchNormConvention.Default) { NormalizeWith = StatisticsSource.Running };
        return Network.Input(5).Linear(7).Add(norm).Add(activation).Linear(4).Build();
    }

    private static Activation Make(string kind) =>
        kind switch
        {
            "sigmoid" => new Sigmoid(),
            "tanh" => new Tanh(),
            "relu" => new Relu(),
            "leakyrelu" => new LeakyRelu(0.1f),
            _ => new Elu(0.8f),
        };
}
