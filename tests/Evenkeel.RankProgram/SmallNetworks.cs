using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Evenkeel.Layers;
using Evenkeel.Networks;
using Evenkeel.Ranks;
using Evenkeel.Training;

namespace Evenkeel.RankProgram;

/// <summary>Networks and ways to tie slices that ranks train, on batches that slices do not divide.</summary>
internal static class SmallNetworks
{
    private const int Slices = 4;
    private const int Batch = 10;
    private const int Steps = 3;

    private static readonly Dictionary<string, Func<Graph>> All = new()
    {
        ["resnet20"] = () => CifarResNet.Create(size: 8, channels: 2),
        ["inception"] = () =>
            BnInception.Create(
                new BnInceptionOptions
                {
                    Size = 32,
                    Classes = 10,
                    Width = 0.0625,
                    Stem = InceptionStem.Small,
                }
            ),
        ["ghost"] = () => Dense(new BatchNorm(BatchNormConvention.Default) { SyncGroupSize = 1 }),
        ["groups"] = () => Dense(new BatchNorm(BatchNormConvention.Default) { SyncGroupSize = 2 }),
        ["renorm"] = () =>
            Dense(
                new BatchNorm(
                    BatchNormConvention.Default with
                    {
                        Renormalization = new()
                        {
                            FirstStep = 0,
                            RatioStep = 0,
                            OffsetStep = 0,
                        },
                    }
                )
            ),
    };

    /// <summary>Each rank prints what its own model has in the end.</summary>
    public static void PrintHashes(Communicator ranks)
    {
        // Launchers mix what ranks write at the same time, but not within a short line.
        foreach (string line in Lines(ranks))
            Console.WriteLine($"networks {line}");
    }

    /// <summary>A line for each network: a hash of its parameters and of its running statistics.</summary>
    public static IEnumerable<string> Lines(Communicator? ranks) =>
        All.Select(network => $"{network.Key} {Hash(network.Value(), ranks)}");

    private static Graph Dense(BatchNorm norm) =>
        Network
            .Input(20)
            .Linear(16, bias: false)
            .Add(norm)
            .Relu()
            .Linear(12, bias: false)
            .BatchNorm()
            .Sigmoid()
            .Linear(10)
            .Build();

    private static string Hash(Graph graph, Communicator? ranks)
    {
        using Model model = Model.Create(graph, 1);
        var options = new TrainingOptions
        {
            BatchSize = Batch,
            Slices = Slices,
            Threads = 1,
            Optimizer = new SgdMomentum(),
        };
        using var trainer = new BatchTrainer(model, Batch, options, ranks: ranks);
        trainer.JoinRanks();
        var random = new Random(3);
        for (int step = 0; step < Steps; step++)
        {
            int count = Batch - step;
            float[] inputs = new float[count * graph.Input.Shape.Count];
            foreach (ref float value in inputs.AsSpan())
                value = (random.NextSingle() * 4) - 1.7f;
            trainer.Step(inputs, [.. Enumerable.Range(0, count).Select(_ => random.Next(10))]);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(model.Trainable));
        foreach (string name in model.Layout.Tensors.Select(t => t.Tensor.Name).Where(IsStatistic))
            hash.AppendData(MemoryMarshal.AsBytes(model.Floats(name)));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static bool IsStatistic(string name) => name.Contains(".running_", StringComparison.Ordinal);
}
