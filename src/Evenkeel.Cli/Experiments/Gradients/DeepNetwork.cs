using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Cli.Experiments.Gradients;

/// <summary>The nonlinearity of a deep network.</summary>
internal enum DeepActivation
{
    /// <summary>1 / (1 + e^-x).</summary>
    Sigmoid,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>max(x, 0).</summary>
    Relu,
}

/// <summary>A network of equal hidden layers: weights, batch normalisation if wanted, nonlinearity.</summary>
/// <param name="Activation">The nonlinearity.</param>
/// <param name="BatchNorm">Whether each hidden layer is normalised.</param>
/// <param name="Scale">Deviation of the first weights, over that of Xavier, or of He for ReLU.</param>
/// <param name="Depth">Hidden layers.</param>
/// <param name="Seed">Seed of weights and order.</param>
internal sealed record DeepNetwork(DeepActivation Activation, bool BatchNorm, double Scale, int Depth, ulong Seed)
{
    /// <summary>The words of the nonlinearities.</summary>
    public static IReadOnlyDictionary<string, DeepActivation> Activations { get; } =
        new Dictionary<string, DeepActivation>
        {
            ["sigmoid"] = DeepActivation.Sigmoid,
            ["tanh"] = DeepActivation.Tanh,
            ["relu"] = DeepActivation.Relu,
        };

    /// <summary>The word of a nonlinearity.</summary>
    public static string Word(DeepActivation activation) => Activations.First(a => a.Value == activation).Key;

    /// <summary>Name of the value that goes into the nonlinearity of a layer, 1 to <see cref="Depth"/>: the normalised one where there is one.</summary>
    public string Signal(int layer) => BatchNorm ? $"norm{layer}" : $"linear{layer}";

    /// <summary>The layers.</summary>
    public Graph Build(int inputs, int width, int classes)
    {
        // Xavier (Glorot and Bengio 2010) for as many inputs as outputs, and He et al. (2015).
        var weights = new FanInNormalInitializer(Scale * (Activation == DeepActivation.Relu ? Math.Sqrt(2) : 1));
        Network network = Network.Input(inputs);
        for (int layer = 1; layer <= Depth; layer++)
        {
            network.Linear(width, bias: !BatchNorm, weights, $"linear{layer}");
            if (BatchNorm)
                network.BatchNorm(name: Signal(layer));
            network.Add(Nonlinearity, $"units{layer}");
        }

        return network.Linear(classes, name: "classes").Build();
    }

    private Layer Nonlinearity =>
        Activation switch
        {
            DeepActivation.Sigmoid => new Sigmoid(),
            DeepActivation.Tanh => new Tanh(),
            _ => new Relu(),
        };
}
