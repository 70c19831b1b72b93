using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Evenkeel.Ranks;

namespace Evenkeel.RankProgram;

/// <summary>A model that ranks recalibrate and evaluate together.</summary>
internal static class SharedMeasurement
{
    private const int Values = 20;
    private const int Classes = 4;
    private const int Examples = (3 * Evaluator.BlockSize) + 5;

    /// <summary>Each rank prints what it has in the end.</summary>
    public static void Print(Communicator ranks) => Console.WriteLine($"measure {Text(ranks)}");

    /// <summary>A hash of the recalibrated model, and how it does. Ranks begin with models of their own.</summary>
    public static string Text(Communicator? ranks)
    {
        var random = new Random(3);
        var data = new ArrayDataset(
            "random",
            [.. Enumerable.Range(0, Examples * Values).Select(_ => (random.NextSingle() * 4) - 1.7f)],
            [.. Enumerable.Range(0, Examples).Select(_ => random.Next(Classes))],
            [Values],
            Classes
        );
        using Model model = Model.Create(
            Network.Input(Values).Linear(16).BatchNorm().Relu().Linear(9).BatchNorm().Relu().Linear(Classes).Build(),
            (ulong)(ranks?.Rank ?? 0)
        );
        model.Recalibrate(data, ranks: ranks);
        byte[] hash = SHA256.HashData(MemoryMarshal.AsBytes(model.Floats("batchnorm2.running_var")));
        return $"{Convert.ToHexString(hash)} {model.Evaluate(data, ranks: ranks)}";
    }
}
