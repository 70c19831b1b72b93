using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Loops;

/// <summary>
/// A range of memory to be asked for in equal parts, between pieces of other work, so that it waits in a cache when its turn comes.
/// </summary>
internal unsafe struct AheadRange
{
    // A cache line, in floats.
    private const int Line = 16;

    // A longer range would push out what the work in between still needs.
    private static readonly nint _most = Caches.BlockBytes / sizeof(float);

    private readonly float* _end;
    private readonly nint _part;
    private float* _next;

    /// <param name="begin">The first float.</param>
    /// <param name="end">Behind the last one; what is too long is not asked for.</param>
    /// <param name="parts">How often <see cref="Next"/> will be called at least.</param>
    public AheadRange(float* begin, float* end, int parts)
    {
        nint floats = (nint)(end - begin);
        _next = begin;
        _end = floats <= _most ? end : begin;
        _part = ((floats / Line / parts) + 1) * Line;
    }

    /// <summary>Asks for the next part, which it returns; the last parts may be empty.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Next(out float* begin, out float* end)
    {
        begin = _next;
        end = (nint)(_end - begin) > _part ? begin + _part : _end;
        _next = end;
        Ask(begin, end);
    }

    /// <summary>What was not asked for yet, to be asked for with so many steps of a product.</summary>
    /// <param name="steps">Steps, 1 or more.</param>
    /// <param name="near">What to ask for where nothing is left.</param>
    public readonly AheadStream Over(nint steps, void* near) =>
        _next < _end ? AheadStream.Of(_next, (nint)(_end - _next), steps) : AheadStream.None(near);

    /// <summary>Asks for all floats from <paramref name="begin"/> to before <paramref name="end"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask(float* begin, float* end)
    {
        for (float* line = begin; Sse.IsSupported && line < end; line += Line)
            Sse.Prefetch0(line);
    }
}
