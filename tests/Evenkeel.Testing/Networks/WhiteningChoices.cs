using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Testing.Networks;

/// <summary>How normalisations that decorrelate are drawn.</summary>
internal static class WhiteningChoices
{
    public static LayerChoice[] All { get; } =
    [
        LayerChoice.Of<DecorrelatedBatchNorm>(
            (shape, d) => With<DecorrelatedBatchNorm>(new(Size(shape, d), Convention(d)), d),
            weight: 2
        ),
        LayerChoice.Of<IterNorm>(
            (shape, d) => With<IterNorm>(new(d.Of(1, 2, 5, 9), Size(shape, d), Convention(d)), d),
            weight: 2
        ),
    ];

    private static TNorm With<TNorm>(TNorm norm, Draw d)
        where TNorm : WhiteningNorm =>
        (TNorm)(
            (WhiteningNorm)norm with
            {
                NormalizeWith = d.Flag(5) ? StatisticsSource.Running : StatisticsSource.Batch,
                TrainAffine = !d.Flag(5),
                UpdateStatistics = !d.Flag(5),
            }
        );

    // Small batches leave directions without variance, where epsilon decides. Next to the smallest, rounded products make eigenvalues below it.
    private static BatchNormConvention Convention(Draw d) =>
        new()
        {
            Epsilon = d.Of(0.1f, 1e-2f, 1e-3f, 1e-5f),
            UpdateRate = d.Of<double?>(0.1, 0.01, 1, null),
            RunningVariance = d.Of<RunningVariance>(),
            SingleValue = d.Of<SingleValuePolicy>(),
        };

    private static int Size(Shape shape, Draw d)
    {
        int[] divisors = [.. Enumerable.Range(0, shape.Channels + 1).Where(n => n == 0 || shape.Channels % n == 0)];
        return divisors[d.Below(divisors.Length)];
    }
}
