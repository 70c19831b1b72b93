namespace Evenkeel.Kernels.Reference;

/// <summary>Reproducible inputs for checks.</summary>
internal static class CheckValues
{
    /// <summary>Values in [-1, 1) to three binary digits, so that windows hold equal ones.</summary>
    public static float[] Coarse(long length, int seed) => Of(length, seed, v => MathF.Floor(8 * v) / 8);

    /// <summary>Values in [-1, 1).</summary>
    public static float[] Uniform(long length, int seed) => Of(length, seed, v => v);

    private static float[] Of(long length, int seed, Func<float, float> map)
    {
        var random = new Random(seed);
        float[] values = new float[length];
        foreach (ref float value in values.AsSpan())
            value = map((2 * random.NextSingle()) - 1);
        return values;
    }
}
