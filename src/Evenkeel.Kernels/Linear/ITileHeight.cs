namespace Evenkeel.Kernels.Linear;

/// <summary>A number of rows known to the JIT, so that one tile kernel becomes one loop per height.</summary>
internal interface ITileHeight
{
    static abstract int Rows { get; }
}
