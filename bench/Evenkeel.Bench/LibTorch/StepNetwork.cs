using Evenkeel.Networks;

namespace Evenkeel.Bench.LibTorch;

/// <summary>A network whose training step both sides run.</summary>
/// <param name="Name">What both sides call it.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Batches">Examples of a step, as timed.</param>
/// <param name="CheckedBatch">Examples of the step whose gradients are compared.</param>
/// <param name="BlockSteps">Steps timed in a row.</param>
/// <param name="Create">The network for Evenkeel, with or without batch normalisation.</param>
internal sealed record StepNetwork(
    string Name,
    string Title,
    int[] Batches,
    int CheckedBatch,
    int BlockSteps,
    Func<bool, Graph> Create
)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<StepNetwork> All { get; } =
    [
        new("mnist", "MNIST", [60], 60, 300, norm => MnistNetwork.Create(norm)),
        new("resnet20", "ResNet-20", [128, 256], 32, 2, norm => ResNet20(norm)),
        new("bn-inception", "BN-Inception", [32], 8, 1, norm => BnInception.Create(new() { BatchNorm = norm })),
        new("lstm-rows", "LSTM by rows", [20, 100], 100, 20, _ => Lstm(28, 28)) { BatchNorm = [false] },
        new("lstm-pixels", "LSTM by pixels", [100], 20, 1, _ => Lstm(28 * 28, 1)) { BatchNorm = [false] },
    ];

    /// <summary>The variants that both sides have: with batch normalisation, without it.</summary>
    public bool[] BatchNorm { get; init; } = [true, false];

    private static Graph ResNet20(bool batchNorm) =>
        batchNorm ? CifarResNet.Create() : CifarResNet.CreateWithoutBatchNorm();

    // Classes are told from the last hidden state.
    private static Graph Lstm(int steps, int channels) =>
        Network.Input(steps, channels).Lstm(100, new RecurrentOptions { Sequence = false }).Linear(10);
}
