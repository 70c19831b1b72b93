namespace Evenkeel.Kernels.Linear;

/// <summary>The vectors of a tile row, known to the JIT.</summary>
internal interface ITileWidth
{
    /// <summary>Vectors per row: 1 or 2.</summary>
    static abstract int Vectors { get; }

    /// <summary>Whether the last vector has lanes beyond the columns of c, to be left alone.</summary>
    static abstract bool LastIsPartial { get; }
}
