using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// Copies lines of an image, widened by zeros on both sides and above and below, so that every tap of every place finds something
/// to read. A pixel costs one copy instead of one per tap.
/// </summary>
internal static unsafe class LineStrip<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>Copies <paramref name="lines"/> lines of <paramref name="columns"/> pixels from (y, x) on.</summary>
    [MethodImpl(HotMethods.Compilation)]
    public static void Copy(in StripSource source, float* image, int y, int lines, int x, int columns, float* strip)
    {
        int first = Math.Clamp(-x, 0, columns);
        int end = Math.Clamp(source.Width - x, first, columns);
        nint pitch = source.StripPixel;
        for (int line = y; line < y + lines; line++)
        {
            if ((uint)line < (uint)source.Height && first < end)
            {
                PatchGather<TVec, TLanes>.Zero(strip, (int)(first * pitch));
                float* from = image + ((((nint)line * source.Width) + x + first) * source.PixelStride);
                Pixels(source, from, end - first, strip + (first * pitch));
                PatchGather<TVec, TLanes>.Zero(strip + (end * pitch), (int)((columns - end) * pitch));
            }
            else
            {
                PatchGather<TVec, TLanes>.Zero(strip, (int)(columns * pitch));
            }

            strip += columns * pitch;
        }
    }

    private static void Pixels(in StripSource source, float* from, int count, float* to)
    {
        if (source.Channels == source.PixelStride && source.Channels == source.StripPixel)
        {
            PatchGather<TVec, TLanes>.Copy(from, to, count * source.Channels);
            return;
        }

        for (; count > 0; count--)
        {
            PatchGather<TVec, TLanes>.Copy(from, to, source.Channels);
            from += source.PixelStride;
            to += source.StripPixel;
        }
    }
}
