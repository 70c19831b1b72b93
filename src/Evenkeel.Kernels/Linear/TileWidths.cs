namespace Evenkeel.Kernels.Linear;

internal readonly struct OneVector : ITileWidth
{
    public static int Vectors => 1;

    public static bool LastIsPartial => false;
}

internal readonly struct OnePartialVector : ITileWidth
{
    public static int Vectors => 1;

    public static bool LastIsPartial => true;
}

internal readonly struct TwoVectors : ITileWidth
{
    public static int Vectors => 2;

    public static bool LastIsPartial => false;
}

internal readonly struct TwoVectorsLastPartial : ITileWidth
{
    public static int Vectors => 2;

    public static bool LastIsPartial => true;
}
