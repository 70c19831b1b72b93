using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Loops;

/// <summary>
/// Where the memory of <see cref="ScratchSlots"/> lies, so that kernels of other sizes give a thread none that another thread had in its caches: a
/// slot's addresses have the same remainder in all of them. Otherwise a step moves each block of tiles from core to core at every kernel.
/// </summary>
internal static unsafe class SlotMemory
{
    // As long as the blocks of most kernels, with what lies beside them.
    private static readonly nint _unit = 2 * Caches.BlockBytes / sizeof(float);

    /// <summary>Floats from a slot of so many floats to the next.</summary>
    public static nint Stride(nint floats) => (floats + _unit - 1) / _unit * _unit;

    /// <summary>Floats to set aside for so many slots.</summary>
    public static nint Floats(nint floats, int slots) => 2 * slots * Stride(floats);

    /// <summary>The first slot in memory of so many floats or more.</summary>
    public static float* First(float* memory, nint floats, int slots)
    {
        nuint period = (nuint)(slots * Stride(floats) * sizeof(float)),
            beyond = (nuint)memory % period;
        return beyond == 0 ? memory : (float*)((byte*)memory + (period - beyond));
    }
}
