using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels;

/// <summary>JIT options of the inner loops.</summary>
internal static class HotMethods
{
#if PRECOMPILED
    // Fully optimised in the published image; full optimisation at run time would keep them out of it.
    public const MethodImplOptions Compilation = 0;
#else
    // Fully optimised at once: a first, slow version of a loop over a whole image would run to its end.
    public const MethodImplOptions Compilation = MethodImplOptions.AggressiveOptimization;
#endif
}
