using System.Runtime.CompilerServices;

namespace Evenkeel.Data.Sampling;

/// <summary>
/// The project's own generator, SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
/// 2014). It is fixed for good: shuffles and generated data are part of what a seed promises, on every system and in
/// every version, which <see cref="Random"/> does not promise.
/// </summary>
internal struct SeededRandom(ulong state)
{
    private const ulong Gamma = 0x9E3779B97F4A7C15;
    private ulong _state = state;

    /// <summary>A generator for one item of one stream; items of different streams or seeds are unrelated.</summary>
    public static SeededRandom For(ulong seed, ulong stream, ulong item) =>
        new(Mix(Mix(Mix(seed + Gamma) ^ (stream + Gamma)) ^ (item + Gamma)));

    /// <summary>The next 64 bits.</summary>
    public ulong Next() => Mix(_state += Gamma);

    /// <summary>A whole number in 0 to <paramref name="bound"/> - 1, without bias (Lemire 2019).</summary>
    public uint Below(uint bound)
    {
        ulong product = (Next() >> 32) * bound;
        if ((uint)product < bound)
        {
            uint reject = (0u - bound) % bound;
            while ((uint)product < reject)
                product = (Next() >> 32) * bound;
        }

        return (uint)(product >> 32);
    }

    /// <summary>A number in [0, 1) with 24 random bits, exact in float.</summary>
    public float Uniform() => (Next() >> 40) * (1f / (1 << 24));

    /// <summary>A number in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public float Uniform(float low, float high) => low + ((high - low) * Uniform());

    /// <summary>
    /// About normal, mean 0 and standard deviation 1, within 3.47 of 0: the sum of four 16-bit uniforms (Irwin-Hall).
    /// Integer sums and one product, so there is no logarithm whose last bit could differ between systems.
    /// </summary>
    public float Normal()
    {
        ulong bits = Next();
        int sum =
            (int)(bits & 0xFFFF) + (int)((bits >> 16) & 0xFFFF) + (int)((bits >> 32) & 0xFFFF) + (int)(bits >> 48);
        return (sum - (2 * 65535)) * (1.7320508f / 65536f);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
