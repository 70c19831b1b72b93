using System.Runtime.Intrinsics;

namespace Evenkeel.Kernels.Lanes;

/// <summary>Chooses the widest registers that the machine computes with; the JIT removes the other branches.</summary>
internal static class WidestLanes
{
    /// <summary>The choice in words.</summary>
    public static string Description =>
        Vector512.IsHardwareAccelerated ? "512 bits"
        : Vector256.IsHardwareAccelerated ? "256 bits"
        : Vector128.IsHardwareAccelerated ? "128 bits"
        : "scalar";

    /// <summary>Runs <paramref name="action"/> at the widest accelerated width.</summary>
    public static void Run<TAction>(ref TAction action)
        where TAction : struct, ILanesAction
    {
        if (Vector512.IsHardwareAccelerated)
            action.Run<Lanes16, Vector512<float>>();
        else if (Vector256.IsHardwareAccelerated)
            action.Run<Lanes8, Vector256<float>>();
        else if (Vector128.IsHardwareAccelerated)
            action.Run<Lanes4, Vector128<float>>();
        else
            action.Run<Lanes1, float>();
    }
}
