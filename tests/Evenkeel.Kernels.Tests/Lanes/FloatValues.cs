namespace Evenkeel.Kernels.Tests.Lanes;

/// <summary>Values on which arithmetic tends to go wrong, and comparison bit by bit.</summary>
internal static class FloatValues
{
    public static float[] Special { get; } =
    [
        0f,
        -0f,
        1f,
        -1f,
        0.5f,
        -0.5f,
        1.5f,
        2.5f,
        -2.5f,
        float.Epsilon,
        -float.Epsilon,
        1.1754942e-38f,
        1.17549435e-38f,
        8388607.5f,
        8388609f,
        -8388607.5f,
        float.MaxValue,
        float.MinValue,
        float.PositiveInfinity,
        float.NegativeInfinity,
        float.NaN,
    ];

    /// <summary>Special values followed by random bit patterns.</summary>
    public static float[] Mixed(int count, int seed)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] =
                i < Special.Length
                    ? Special[i]
                    : BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
        }

        return values;
    }

    /// <summary>Uniform values in [-limit, limit].</summary>
    public static float[] Uniform(int count, float limit, int seed)
    {
        var random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = limit * ((2f * random.NextSingle()) - 1f);
        return values;
    }

    /// <summary>Equal bits, or both NaN.</summary>
    public static void AssertSame(float expected, float actual, string what)
    {
        bool same = float.IsNaN(expected)
            ? float.IsNaN(actual)
            : BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual);
        Assert.True(same, $"{what}: expected {expected:R}, got {actual:R}");
    }

    /// <summary>Equal bits, or both NaN, for every element.</summary>
    public static void AssertSame(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            if (BitConverter.SingleToInt32Bits(expected[i]) != BitConverter.SingleToInt32Bits(actual[i]))
                AssertSame(expected[i], actual[i], $"{what}, element {i}");
        }
    }
}
