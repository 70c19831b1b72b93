using System.Numerics;
using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Elementwise;

/// <summary>
/// The mask as a function of the element's index. Blocks of 4096 elements get two keys each from a 64-bit mixing function
/// (SplitMix64: Steele, Lea and Flood 2014); within a block a 32-bit mixing function of the index and the keys decides.
/// </summary>
internal readonly struct DropoutMask(float rate, ulong seed, ulong counter)
{
    /// <summary>Elements that share a pair of keys.</summary>
    public const int BlockElements = 4096;

    private const ulong Golden = 0x9E3779B97F4A7C15;
    private const uint First = 0x21F0AAAD;
    private const uint Second = 0x735A2D97;

    // 31 bits, because signed comparisons are the ones that every machine has.
    private readonly int _threshold = (int)Math.Round(rate * 2147483648.0);

    /// <summary>What kept values are multiplied by.</summary>
    public float Scale { get; } = 1f / (1f - rate);

    /// <summary>Number of blocks.</summary>
    public static int BlocksOf(int length) => (int)(((long)length + BlockElements - 1) / BlockElements);

    /// <summary>The keys of a block.</summary>
    public ulong Keys(int block) => Mix(Mix(Mix(seed + Golden) ^ counter) + ((ulong)block * Golden));

    /// <summary>Whether element <paramref name="index"/> of the block with these keys is kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Keeps(ulong keys, int index)
    {
        uint h = (uint)index + (uint)keys;
        h = (h ^ (h >> 16)) * First;
        h = ((h ^ (h >> 15)) + (uint)(keys >> 32)) * Second;
        return (int)((h ^ (h >> 15)) >> 1) >= _threshold;
    }

    /// <summary>The same for the elements from <paramref name="index"/> on, as many as a register holds: all bits or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<int> KeepsVector(ulong keys, int index)
    {
        Vector<uint> h = Vector<uint>.Indices + new Vector<uint>((uint)index + (uint)keys);
        h = (h ^ (h >>> 16)) * First;
        h = ((h ^ (h >>> 15)) + new Vector<uint>((uint)(keys >> 32))) * Second;
        return Vector.GreaterThanOrEqual(((h ^ (h >>> 15)) >>> 1).As<uint, int>(), new Vector<int>(_threshold));
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
