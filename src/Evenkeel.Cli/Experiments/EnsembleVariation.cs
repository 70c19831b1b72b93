using Evenkeel.Layers;

namespace Evenkeel.Cli.Experiments;

/// <summary>
/// How a network of the ensemble differs from BN-x30 (Ioffe and Szegedy 2015, section 4.2.3): larger initial weights, a little
/// dropout, per-activation batch normalisation in the last hidden layers. The paper does not say which of its six networks had what, nor
/// how much larger; that is chosen here.
/// </summary>
/// <param name="Name">What is different.</param>
/// <param name="WeightScale">Factor on the initial weights of convolutions.</param>
/// <param name="Dropout">Rate before the classifier; the paper's 5 or 10 %.</param>
/// <param name="PerActivation">Statistics for each activation, not for each channel, in the last Inception module.</param>
internal sealed record EnsembleVariation(string Name, double WeightScale, float Dropout, bool PerActivation)
{
    private const string LastModule = "inception5b.";

    public static IReadOnlyList<EnsembleVariation> All { get; } =
    [
        new("weights x1.5", 1.5, 0, false),
        new("dropout 5 %", 1, 0.05f, false),
        new("dropout 10 %", 1, 0.1f, false),
        new("per activation", 1, 0, true),
        new("weights x1.5, dropout 5 %", 1.5, 0.05f, false),
        new("per activation, dropout 10 %", 1, 0.1f, true),
    ];

    /// <summary>BN-x30 with each of the first variations.</summary>
    public static IEnumerable<InceptionRecipe> Recipes(int count)
    {
        InceptionRecipe origin = InceptionRecipe.All.First(r => r.Name == "BN-x30");
        return All.Take(count).Select(v => origin with { Name = $"{origin.Name}, {v.Name}", Variation = v });
    }

    /// <summary>Makes the normalisation of the last module per activation, where this variation has that.</summary>
    public Graph Apply(Graph graph) =>
        PerActivation
            ? graph.ReplaceEach<BatchNorm>(
                (node, norm) =>
                    node.Name.StartsWith(LastModule, StringComparison.Ordinal)
                        ? norm with
                        {
                            PerActivation = true,
                        }
                        : norm
            )
            : graph;
}
