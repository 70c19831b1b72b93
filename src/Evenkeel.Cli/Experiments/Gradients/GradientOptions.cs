namespace Evenkeel.Cli.Experiments.Gradients;

/// <summary>Deep networks whose gradients are measured, with and without batch normalisation: one for each combination of what is listed.</summary>
internal sealed record GradientOptions
{
    /// <summary>Examples of a batch, and of the batch that is measured.</summary>
    public const int BatchSize = 100;

    /// <summary>Test examples that judge.</summary>
    public const int TestExamples = 1_000;

    /// <summary>Examples of the measured batch whose Jacobian is taken.</summary>
    public const int JacobianExamples = 4;

    /// <summary>Places in a network where Jacobians are taken, from the first layer to the last.</summary>
    public const int JacobianPlaces = 5;

    /// <summary>Looks at accuracy and smoothness behind the first one.</summary>
    public const int Looks = 4;

    /// <summary>Nonlinearities.</summary>
    public IReadOnlyList<DeepActivation> Activations { get; init; } =
    [DeepActivation.Sigmoid, DeepActivation.Tanh, DeepActivation.Relu];

    /// <summary>Hidden layers, 2 or more each.</summary>
    public IReadOnlyList<int> Depths { get; init; } = [5, 20, 50];

    /// <summary>Deviations of the first weights, over that of Xavier (He for ReLU); above 0.</summary>
    public IReadOnlyList<double> Scales { get; init; } = [0.5, 1, 2];

    /// <summary>Units of each hidden layer.</summary>
    public int Width { get; init; } = 64;

    /// <summary>Training steps of each network.</summary>
    public long Steps { get; init; } = 300;

    /// <summary>Learning rate of all networks.</summary>
    public double LearningRate { get; init; } = 0.1;

    /// <summary>The first seed of weights and order.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many seeds each combination is run with.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>Networks that are run at the same time, each on one thread.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Training steps between two looks.</summary>
    public long LookEvery => Math.Max(1, Steps / Looks);

    /// <summary>All networks.</summary>
    public IReadOnlyList<DeepNetwork> Networks =>
        [
            .. from activation in Activations
            from depth in Depths
            from scale in Scales
            from batchNorm in (bool[])[false, true]
            from seed in Enumerable.Range(0, Seeds)
            select new DeepNetwork(activation, batchNorm, scale, depth, Seed + (ulong)seed),
        ];
}
