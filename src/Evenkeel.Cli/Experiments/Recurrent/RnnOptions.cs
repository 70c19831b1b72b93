namespace Evenkeel.Cli.Experiments.Recurrent;

/// <summary>Images read step by step by a long short-term memory, with and without recurrent batch normalisation (Cooijmans et al. 2017).</summary>
/// <param name="Order">What a step reads.</param>
/// <param name="Units">Values of the hidden state; the paper has 100.</param>
/// <param name="Steps">Training steps of each network.</param>
/// <param name="LearningRate">Adam's rate for all networks.</param>
/// <param name="Seed">Seed of weights, order and permutation.</param>
/// <param name="Threads">Threads in all, divided among the networks.</param>
internal sealed record RnnOptions(PixelOrder Order, int Units, long Steps, double LearningRate, ulong Seed, int Threads)
{
    /// <summary>Networks that are trained.</summary>
    public const int Networks = 3;

    /// <summary>Examples of a batch.</summary>
    public const int BatchSize = 100;

    /// <summary>Gradients are scaled down to this norm, as in the paper.</summary>
    public const double ClipNorm = 1;

    /// <summary>Test examples that judge on the way.</summary>
    public const int TestExamples = 2_000;

    /// <summary>Test examples whose gradients are followed over time.</summary>
    public const int ProbeSize = 100;

    /// <summary>Pixels of a side.</summary>
    public const int Side = 28;

    /// <summary>Time steps.</summary>
    public int TimeSteps => Order.IsByRows() ? Side : Side * Side;

    /// <summary>Training steps between two looks at the test set.</summary>
    public long EvaluateEvery => Math.Max(10, Steps / 50);
}

/// <summary>What a time step reads of an image.</summary>
internal enum PixelOrder
{
    /// <summary>A row.</summary>
    Rows,

    /// <summary>A row of the image with its pixels permuted, always in the same way.</summary>
    PermutedRows,

    /// <summary>A pixel.</summary>
    Pixels,

    /// <summary>A pixel, in one random order.</summary>
    PermutedPixels,
}

/// <summary>Properties of the orders.</summary>
internal static class PixelOrders
{
    /// <summary>By the words of the command line.</summary>
    public static IReadOnlyDictionary<string, PixelOrder> ByName { get; } =
        new Dictionary<string, PixelOrder>
        {
            ["rows"] = PixelOrder.Rows,
            ["permuted-rows"] = PixelOrder.PermutedRows,
            ["pixels"] = PixelOrder.Pixels,
            ["permuted-pixels"] = PixelOrder.PermutedPixels,
        };

    /// <summary>Whether a step reads a row.</summary>
    public static bool IsByRows(this PixelOrder order) => order is PixelOrder.Rows or PixelOrder.PermutedRows;

    /// <summary>Whether the pixels are permuted.</summary>
    public static bool IsPermuted(this PixelOrder order) =>
        order is PixelOrder.PermutedRows or PixelOrder.PermutedPixels;

    /// <summary>The word of the command line.</summary>
    public static string Word(this PixelOrder order) => ByName.First(o => o.Value == order).Key;
}
