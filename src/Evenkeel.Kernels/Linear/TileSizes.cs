namespace Evenkeel.Kernels.Linear;

/// <summary>A number of rows known to the JIT, so that one tile kernel becomes one loop per height.</summary>
internal interface ITileHeight
{
    static abstract int Rows { get; }
}

/// <summary>The vectors of a tile row, known to the JIT.</summary>
internal interface ITileWidth
{
    /// <summary>Vectors per row: 1 or 2.</summary>
    static abstract int Vectors { get; }

    /// <summary>Whether the last vector has lanes beyond the columns of c, to be left alone.</summary>
    static abstract bool LastIsPartial { get; }

    /// <summary>Whether no more than the lower half of a second vector is used.</summary>
    static virtual bool SecondIsHalf => false;
}

// The heights that 31 registers allow for two vectors per row: 28 accumulators, 2 vectors of b, 1 element of a.

internal readonly struct Height1 : ITileHeight
{
    public static int Rows => 1;
}

internal readonly struct Height2 : ITileHeight
{
    public static int Rows => 2;
}

internal readonly struct Height3 : ITileHeight
{
    public static int Rows => 3;
}

internal readonly struct Height4 : ITileHeight
{
    public static int Rows => 4;
}

internal readonly struct Height5 : ITileHeight
{
    public static int Rows => 5;
}

internal readonly struct Height6 : ITileHeight
{
    public static int Rows => 6;
}

internal readonly struct Height7 : ITileHeight
{
    public static int Rows => 7;
}

internal readonly struct Height8 : ITileHeight
{
    public static int Rows => 8;
}

internal readonly struct Height9 : ITileHeight
{
    public static int Rows => 9;
}

internal readonly struct Height10 : ITileHeight
{
    public static int Rows => 10;
}

internal readonly struct Height11 : ITileHeight
{
    public static int Rows => 11;
}

internal readonly struct Height12 : ITileHeight
{
    public static int Rows => 12;
}

internal readonly struct Height13 : ITileHeight
{
    public static int Rows => 13;
}

internal readonly struct Height14 : ITileHeight
{
    public static int Rows => 14;
}

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

internal readonly struct TwoVectorsSecondHalf : ITileWidth
{
    public static int Vectors => 2;

    public static bool LastIsPartial => true;

    public static bool SecondIsHalf => true;
}
