using Evenkeel.Data.Images.Transforms;
using Evenkeel.Data.Sampling;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Networks;
using Evenkeel.Runs.Configuration;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Cli.Experiments;

/// <summary>
/// One of the networks of Ioffe and Szegedy 2015, section 4.2.2, with the changes of section 4.2.1 that it has. What the paper leaves
/// open is chosen here and nowhere else.
/// </summary>
/// <param name="Name">The paper's name.</param>
/// <param name="RateFactor">Learning rate, in units of the baseline's.</param>
/// <param name="BatchNorm">Batch normalisation in front of every nonlinearity.</param>
/// <param name="Accelerated">
/// The changes of section 4.2.1: no dropout, L2 divided by 5, decay six times faster, no local response normalisation, shuffling
/// within shards, weaker distortions.
/// </param>
/// <param name="Activation">The nonlinearity.</param>
internal sealed record InceptionRecipe(
    string Name,
    double RateFactor,
    bool BatchNorm,
    bool Accelerated,
    Activation Activation
)
{
    /// <summary>Momentum; the paper names none, GoogLeNet used 0.9.</summary>
    public const float Momentum = 0.9f;

    /// <summary>L2 weight of the baseline; the paper names none, the public GoogLeNet solver used 2e-4.</summary>
    public const float BaselineDecay = 2e-4f;

    /// <summary>Dropout of the original Inception (paper, section 4.2.3).</summary>
    public const float BaselineDropout = 0.4f;

    /// <summary>
    /// Learning rate at the end of the baseline's run, as a share of the first; the paper names no constants. Decaying six times
    /// faster the others end at a 64th.
    /// </summary>
    public const double FinalShare = 0.5;

    /// <summary>Examples of a batch (paper, section 4.2).</summary>
    public const int BatchSize = 32;

    /// <summary>The five networks of figure 3, then the two that the paper says do not train.</summary>
    public static IReadOnlyList<InceptionRecipe> All { get; } =
    [
        new("Inception", 1, false, false, new Relu()),
        new("BN-Baseline", 1, true, false, new Relu()),
        new("BN-x5", 5, true, true, new Relu()),
        new("BN-x30", 30, true, true, new Relu()),
        new("BN-x5-Sigmoid", 5, true, true, new Sigmoid()),
        new("Inception-x5", 5, false, false, new Relu()),
        new("Inception-Sigmoid", 1, false, false, new Sigmoid()),
    ];

    /// <summary>What makes this a network of the ensemble, or null.</summary>
    public EnsembleVariation? Variation { get; init; }

    /// <summary>Strength of photometric distortions: weaker with the changes (section 4.2.1); the strengths are ours.</summary>
    public double Distortion => Accelerated ? 0.5 : 1;

    public float Dropout => Variation?.Dropout ?? (Accelerated ? 0 : BaselineDropout);

    public float WeightDecay => Accelerated ? BaselineDecay / 5 : BaselineDecay;

    public bool LocalResponseNorm => !BatchNorm;

    /// <summary>
    /// With the changes, shuffled within shards every epoch; without, the one random order that the data was put in, so that the same
    /// examples meet again and again (section 4.2.1).
    /// </summary>
    public ShuffleMode Shuffle => Accelerated ? ShuffleMode.Shards : ShuffleMode.None;

    /// <summary>Shards; the paper names no number.</summary>
    public const int Shards = 10;

    public Graph Network(InceptionExperimentOptions options, int classes)
    {
        Graph graph = BnInception.Create(
            new BnInceptionOptions
            {
                Size = options.Size,
                Classes = classes,
                Width = options.Width,
                BatchNorm = BatchNorm,
                LocalResponseNorm = LocalResponseNorm,
                Dropout = Dropout,
                Activation = Activation,
                Initializer = new FanInNormalInitializer(Math.Sqrt(2) * (Variation?.WeightScale ?? 1)),
                Stem = NamedNetworks.InceptionStemFor(options.Size),
            }
        );
        return Variation?.Apply(graph) ?? graph;
    }

    /// <summary>What is made of an image to train on: a random crop, perhaps mirrored, distorted as the recipe says.</summary>
    public ImageTransform TrainingImages(InceptionExperimentOptions options, ChannelScaling scaling) =>
        new()
        {
            Crop = new RandomResizedCrop { Side = options.Size, MinArea = options.MinCropArea },
            Mirror = new RandomMirror(),
            Distortion = new PhotometricDistortion(Distortion),
            Scaling = scaling,
        };

    public TrainingOptions Training(InceptionExperimentOptions options) =>
        new()
        {
            BatchSize = BatchSize,
            Optimizer = new SgdMomentum { Momentum = Momentum, WeightDecay = WeightDecay },
            LearningRate = new ExponentialDecay(
                options.LearningRate * RateFactor,
                FinalShare,
                options.Steps,
                Accelerated ? 6 : 1
            ),
            Shuffle = Shuffle,
            Shards = Shards,
            Seed = options.Seed,
            Threads = options.Threads,
        };
}

/// <summary>The scale of the experiment.</summary>
internal sealed record InceptionExperimentOptions(
    int Size,
    double Width,
    long Steps,
    double LearningRate,
    ulong Seed,
    int Threads,
    long EvaluateEvery
)
{
    /// <summary>Number of test images for the curves.</summary>
    public int TestCount { get; init; } = 1_000;

    /// <summary>Test images of figure 4; each is seen 145 times by every network of the ensemble.</summary>
    public int EnsembleTestCount { get; init; } = 200;

    /// <summary>What is made of an image to judge by: its centre.</summary>
    public ImageTransform TestImages(ChannelScaling scaling) =>
        new()
        {
            Crop = new ResizeAndCenterCrop { Side = Size, ShorterSide = Size },
            Scaling = scaling,
        };

    /// <summary>Least share of an image's area that a training crop shows.</summary>
    public double MinCropArea => AugmentConfig.MinAreaFor(Size);
}
