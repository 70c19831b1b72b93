using Evenkeel.Cli.Terminal;
using Evenkeel.Networks;

namespace Evenkeel.Cli.Experiments;

/// <summary>The networks that can be timed by name.</summary>
internal static class BenchNetworks
{
    private const string Mnist = "mnist";
    private const string Inception = "bn-inception";
    private const string ResNet = "resnet20";

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [Mnist, Inception, ResNet];

    public static Graph Create(string name, int? size, bool batchNorm)
    {
        if (name == Mnist && size is not null)
            throw new UsageException("--size is for networks of images; mnist has 28x28");
        return name switch
        {
            Mnist => MnistNetwork.Create(batchNorm),
            Inception => BnInception.Create(new BnInceptionOptions { Size = size ?? 224, BatchNorm = batchNorm }),
            ResNet when batchNorm => CifarResNet.Create(size: size ?? 32),
            ResNet => CifarResNet.CreateWithoutBatchNorm(size: size ?? 32),
            _ => throw new UsageException($"--network: '{name}' is not known; known: {string.Join(", ", Names)}"),
        };
    }

    public static long UsualSteps(string name) => name == Mnist ? 4_000 : 10;
}
