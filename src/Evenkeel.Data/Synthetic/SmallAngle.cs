namespace Evenkeel.Data.Synthetic;

/// <summary>
/// Sine and cosine by their Taylor series, for angles within one radian (error below 1e-7). The library's may differ in
/// the last bit between operating systems; these are sums and products in a fixed order, and so the same everywhere.
/// </summary>
internal static class SmallAngle
{
    /// <summary>Sine of <paramref name="a"/>.</summary>
    public static float Sin(float a)
    {
        float s = a * a;
        return a * (1f - (s / 6f * (1f - (s / 20f * (1f - (s / 42f * (1f - (s / 72f))))))));
    }

    /// <summary>Cosine of <paramref name="a"/>.</summary>
    public static float Cos(float a)
    {
        float s = a * a;
        return 1f - (s / 2f * (1f - (s / 12f * (1f - (s / 30f * (1f - (s / 56f * (1f - (s / 90f)))))))));
    }
}
