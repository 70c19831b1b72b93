namespace Evenkeel.Kernels.Linear;

/// <summary>A number of vectors per tile row known to the JIT.</summary>
internal interface ITileWidth
{
    static abstract int Vectors { get; }
}

internal readonly struct OneVector : ITileWidth
{
    public static int Vectors => 1;
}

internal readonly struct TwoVectors : ITileWidth
{
    public static int Vectors => 2;
}
