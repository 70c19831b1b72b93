namespace Evenkeel.Kernels.Lanes;

/// <summary>The width of the registers that kernels use on this machine.</summary>
public static class VectorWidth
{
    /// <summary>Bits of a register; 32 where there are no vectors.</summary>
    public static int Bits => WidestLanes.Bits;

    /// <summary>The same in words.</summary>
    public static string Words => Bits == 32 ? "scalar" : $"{Bits} bits";
}
