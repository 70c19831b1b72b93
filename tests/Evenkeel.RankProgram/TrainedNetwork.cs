using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Evenkeel.Lowering;
using Evenkeel.Ranks;
using Evenkeel.Training;

namespace Evenkeel.RankProgram;

/// <summary>
/// A small network with batch normalisation that ranks train together, on batches that slices do not divide. Its gradients are several buckets,
/// of small messages and of such as an engine sends only once they are asked for.
/// </summary>
internal static class TrainedNetwork
{
    private const int Classes = 4;
    private const int Hidden = 20_000;

    // Batches of 37, 36 and 35 examples: momentum moves from the second one on.
    private const int Steps = 3;

    /// <summary>Of a step that has several.</summary>
    public const int MicroBatches = 2;

    /// <summary>Each rank prints what it has in the end.</summary>
    public static void PrintHash(Communicator ranks) => Console.WriteLine($"train {Hash(ranks, SlicesOf(ranks.Size))}");

    /// <summary>The same in micro-batches.</summary>
    public static void PrintHashOfMicroBatches(Communicator ranks) =>
        Console.WriteLine($"micro {Hash(ranks, SlicesOf(ranks.Size), MicroBatches)}");

    /// <summary>Trains by the engine's own sums, and says where that leads away from the exact ones.</summary>
    public static void CompareFast(Communicator ranks)
    {
        int slices = SlicesOf(ranks.Size);
        float[] fast = Train(ranks, Options(slices) with { Exchange = ExchangeMode.Fast }),
            exact = Train(null, Options(slices));
        float distance = exact.Zip(fast, (x, y) => Math.Abs(x - y)).Max();
        // Rounding of a few steps.
        Console.WriteLine(
            $"fast {HashOf(fast)}: {(distance < 1e-4f * exact.Max(Math.Abs) ? "close" : $"{distance} away")}"
        );
    }

    /// <summary>As many slices as ranks divide: six for numbers of ranks that are no power of two.</summary>
    public static int SlicesOf(int ranks) => BitOperations.IsPow2(ranks) ? 8 : 6;

    /// <summary>A hash of all parameters after a few steps.</summary>
    public static string Hash(Communicator? ranks, int slices, int microBatches = 1) =>
        HashOf(Train(ranks, Options(slices) with { Accumulate = microBatches }));

    private static TrainingOptions Options(int slices) =>
        new()
        {
            Slices = slices,
            Threads = 1,
            Optimizer = new SgdMomentum(),
            ClipNorm = 1,
            BucketBytes = 256 << 10,
        };

    private static string HashOf(float[] values) =>
        Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes<float>(values)));

    private static float[] Train(Communicator? ranks, TrainingOptions options)
    {
        using Model model = Model.Create(
            Network
                .Input(8, 8, 3)
                .Conv2d(8, 3, padding: 1, bias: false)
                .BatchNorm()
                .Relu()
                .Residual("block", n => n.Conv2d(8, 3, padding: 1, bias: false).BatchNorm())
                .Relu()
                .GlobalAveragePool()
                .Linear(Hidden)
                .Relu()
                .Linear(Classes)
                .Build(),
            1
        );
        using var trainer = new BatchTrainer(model, 37, options, ranks: ranks);
        trainer.JoinRanks();
        var random = new Random(3);
        for (int step = 0; step < Steps; step++)
        {
            float[] inputs = new float[(37 - step) * 8 * 8 * 3];
            foreach (ref float value in inputs.AsSpan())
                value = (random.NextSingle() * 4) - 1.7f;
            int[] labels = [.. Enumerable.Range(0, 37 - step).Select(_ => random.Next(Classes))];
            trainer.Step(inputs, labels);
        }

        return model.Trainable.ToArray();
    }
}
