using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels;

/// <summary>JIT options of the inner loops.</summary>
internal static class HotMethods
{
    /// <summary>
    /// A loop in a method of its own. Guided by its profile, the JIT otherwise inlines it upwards until what it allows one method is spent,
    /// and then calls the arithmetic inside the loop for every register.
    /// </summary>
#if PRECOMPILED
    // Fully optimised in the published image; full optimisation at run time would keep it out of there.
    public const MethodImplOptions Loop = MethodImplOptions.NoInlining;
#else
    // Fully optimised at once: a first, slow version of a loop over a whole image would run to its end.
    public const MethodImplOptions Loop = MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization;
#endif
}
