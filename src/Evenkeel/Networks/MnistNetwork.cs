using Evenkeel.Graphs;

namespace Evenkeel.Networks;

/// <summary>
/// The network of Ioffe &amp; Szegedy 2015, section 4.1: 28 x 28 inputs, three layers of 100 sigmoid units, ten classes, weights that
/// begin as small random Gaussian values.
/// </summary>
public static class MnistNetwork
{
    private const int HiddenLayers = 3;
    private const int HiddenUnits = 100;

    /// <summary>Builds the network for examples of shape [784].</summary>
    /// <param name="batchNorm">Whether batch normalisation is inserted in front of each sigmoid (Algorithm 2, lines 1-5).</param>
    /// <param name="weightDeviation">Standard deviation of the initial weights, above 0; the paper names none.</param>
    /// <param name="convention">What the statistics mean; null for the default.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="weightDeviation"/> is not finite and above 0.</exception>
    public static Graph Create(bool batchNorm, double weightDeviation = 0.1, BatchNormConvention? convention = null)
    {
        if (!(weightDeviation > 0) || !double.IsFinite(weightDeviation))
        {
            throw new ArgumentOutOfRangeException(
                nameof(weightDeviation),
                weightDeviation,
                "The deviation of the weights must be finite and above 0."
            );
        }

        var weights = new NormalInitializer(weightDeviation);
        Network network = Network.Input(28 * 28);
        for (int i = 0; i < HiddenLayers; i++)
            network.Linear(HiddenUnits, initializer: weights).Sigmoid();
        Graph plain = network.Linear(10, initializer: weights).Build();
        return batchNorm ? plain.InsertBatchNorm(convention) : plain;
    }
}
