using Evenkeel.Data.Sampling;

namespace Evenkeel.Data.Images.Transforms;

/// <summary>
/// Random brightness, contrast and saturation in random order (Howard 2013, "Some improvements on deep convolutional neural
/// network based image classification"), then lighting along the principal components of colour (Krizhevsky, Sutskever and
/// Hinton 2012, section 4.1). Colours are not clipped.
/// </summary>
/// <param name="Strength">
/// 0 for none, 1 for the usual amounts: factors of 1 +- 0.4 and lighting of standard deviation 0.1; weaker where batch
/// normalisation lets a network see each image fewer times (Ioffe and Szegedy 2015, section 4.2.1). 0 to 2.
/// </param>
public sealed record PhotometricDistortion(double Strength)
{
    private const double Amplitude = 0.4;
    private const double LightingDeviation = 0.1;

    // Square roots of eigenvalues, and eigenvectors, of the covariance of ImageNet's colours as fractions of 255.
    private static readonly (double Deviation, Rgb Direction)[] Components =
    [
        (0.2175, new Rgb(-0.5675, -0.5808, -0.5836)),
        (0.0188, new Rgb(0.7192, -0.0045, -0.6948)),
        (0.0045, new Rgb(0.4009, -0.8140, 0.4203)),
    ];

    /// <summary>0 for none, 1 for the usual amounts; 0 to 2.</summary>
    public double Strength { get; init; } =
        Strength is >= 0 and <= 2
            ? Strength
            : throw new ArgumentOutOfRangeException(nameof(Strength), Strength, "The strength must be in [0, 2].");

    /// <summary>Draws a distortion and appends it.</summary>
    /// <param name="map">What is done before.</param>
    /// <param name="mean">Mean colour of the image before the map.</param>
    /// <param name="random">Where chance comes from.</param>
    internal void Append(ref ColorMap map, Rgb mean, ref SeededRandom random)
    {
        double brightness = Factor(ref random);
        double contrast = Factor(ref random);
        double saturation = Factor(ref random);
        Span<int> order = [0, 1, 2];
        for (int i = 2; i > 0; i--)
        {
            int other = (int)random.Below((uint)(i + 1));
            (order[i], order[other]) = (order[other], order[i]);
        }

        foreach (int step in order)
        {
            if (step == 0)
                map.ThenScale(new Rgb(brightness, brightness, brightness), default);
            else if (step == 1)
                Contrast(ref map, mean, contrast);
            else
                map.ThenSaturate(saturation, Luma.Weights);
        }

        Light(ref map, ref random);
    }

    private static void Contrast(ref ColorMap map, Rgb mean, double factor)
    {
        Rgb now = map.Of(mean);
        Rgb weights = Luma.Weights;
        double grey = (weights.Red * now.Red) + (weights.Green * now.Green) + (weights.Blue * now.Blue);
        double add = grey * (1 - factor);
        map.ThenScale(new Rgb(factor, factor, factor), new Rgb(add, add, add));
    }

    private void Light(ref ColorMap map, ref SeededRandom random)
    {
        (double red, double green, double blue) = (0, 0, 0);
        foreach ((double deviation, Rgb direction) in Components)
        {
            double amount = Strength * LightingDeviation * random.Normal() * deviation;
            red += amount * direction.Red;
            green += amount * direction.Green;
            blue += amount * direction.Blue;
        }

        map.ThenScale(new Rgb(1, 1, 1), new Rgb(red, green, blue));
    }

    private double Factor(ref SeededRandom random) =>
        Math.Max(0, 1 + (Strength * Amplitude * ((2.0 * random.Uniform()) - 1)));
}
