using System.Runtime.Intrinsics;

namespace Evenkeel.Kernels.Lanes;

/// <summary>A piece of work written once for every vector width; tests run it at each width on one machine.</summary>
internal interface ILanesAction
{
    /// <summary>Runs the work with the given width.</summary>
    void Run<TLanes, TVec>()
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged;
}

/// <summary>Chooses the widest registers that the machine computes with; the JIT removes the other branches.</summary>
internal static class WidestLanes
{
    /// <summary>Bits of a register: 512, 256, 128, or 32 where there are no vectors.</summary>
    public static int Bits =>
        Vector512.IsHardwareAccelerated ? 512
        : Vector256.IsHardwareAccelerated ? 256
        : Vector128.IsHardwareAccelerated ? 128
        : 32;

    /// <summary>Floats in a register.</summary>
    public static int Count => Bits / 32;

    /// <summary>Runs <paramref name="action"/> at the widest accelerated width.</summary>
    public static void Run<TAction>(TAction action)
        where TAction : struct, ILanesAction, allows ref struct => Run(ref action);

    /// <summary>The same for an action that keeps what it finds.</summary>
    public static void Run<TAction>(ref TAction action)
        where TAction : struct, ILanesAction, allows ref struct
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

    /// <summary>
    /// The same for rows of so many columns: in registers that they fill where wider ones would be written in part, which without the masks
    /// of 512-bit registers costs several times a whole one.
    /// </summary>
    public static void Run<TAction>(int columns, ref TAction action)
        where TAction : struct, ILanesAction, allows ref struct
    {
        if (Bits == 256 && columns <= Vector128<float>.Count)
            action.Run<Lanes4, Vector128<float>>();
        else
            Run(ref action);
    }

    /// <summary>Runs <paramref name="action"/> at the widest width of no more than so many floats, accelerated or not.</summary>
    public static void RunAtMost<TAction>(int floats, TAction action)
        where TAction : struct, ILanesAction
    {
        if (floats >= Lanes16.Count)
            action.Run<Lanes16, Vector512<float>>();
        else if (floats >= Lanes8.Count)
            action.Run<Lanes8, Vector256<float>>();
        else if (floats >= Lanes4.Count)
            action.Run<Lanes4, Vector128<float>>();
        else
            action.Run<Lanes1, float>();
    }
}
