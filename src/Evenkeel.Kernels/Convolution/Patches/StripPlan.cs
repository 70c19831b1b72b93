using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Patches;

/// <summary>How the positions of a grid are cut into strips of whole lines, whose source lines are copied once for all taps.</summary>
internal readonly struct StripPlan
{
    // A strip's copy leaves most of a second-level cache to the weights.
    private const long StripBytes = 192 << 10;

    // Enough strips of all groups for the threads of a small machine, when the batch is small.
    private const long FewestStrips = 32;

    // Of pixels so many times as far apart as a kernel is wide, a line is copied with those between: one stream is faster than its parts.
    private const int MostGap = 2;

    // Tiles do not go across lines; with shorter lines they would be too low. Tiles of a group's few channels would gather each pixel alone.
    private const int ShortestLine = 10;
    private const int ShortestGroupLine = 5;

    /// <param name="grid">The positions.</param>
    public StripPlan(in PatchGrid grid)
    {
        Columns = ((grid.PositionsX - 1) * grid.StepX) + grid.TapsX;
        long lineBytes = Math.Max(1, (long)Columns * grid.Channels * sizeof(float));
        long affordable = ((StripBytes / lineBytes) - grid.TapsY) / grid.StepY;
        long shared = grid.Batch * (long)grid.PositionsY * (grid.PixelStride / grid.Channels) / FewestStrips;
        Lines = (int)Math.Clamp(Math.Min(affordable, shared), 1, Math.Max(1, grid.PositionsY));
        PerImage = Partition.CeilingDivide(grid.PositionsY, Lines);
        Count = PerImage * grid.Batch;
        Pitch = (nint)Columns * grid.Channels;
        Floats = (((nint)(Lines - 1) * grid.StepY) + grid.TapsY) * Pitch;
    }

    /// <summary>Pixels of a line of the copy.</summary>
    public int Columns { get; }

    /// <summary>Lines of positions in a strip.</summary>
    public int Lines { get; }

    /// <summary>Strips of one image.</summary>
    public int PerImage { get; }

    /// <summary>Strips of all images.</summary>
    public int Count { get; }

    /// <summary>Floats of a line of the copy.</summary>
    public nint Pitch { get; }

    /// <summary>Floats of the copy.</summary>
    public nint Floats { get; }

    /// <summary>
    /// Whether strips suit the grid: lines fill tiles, and pixels are shared by several taps, or lie apart. What is read and written in place
    /// needs no copy, and single pixels that compete for the cache are gathered.
    /// </summary>
    public static bool Suits(in PatchGrid grid) =>
        grid.PositionsX >= (grid.PixelStride > grid.Channels ? ShortestGroupLine : ShortestLine)
        && MostGap * grid.TapsX >= grid.StepX
        && (grid.TapsX > 1 || grid.StepX * grid.Channels % PatchPlan.ConflictStride != 0)
        && !(grid.ReadsInPlace && grid.WritesInPlace);

    /// <summary>First line and number of lines of strip <paramref name="index"/> within its image.</summary>
    public (int First, int Count) LinesOf(int index, int positionsY)
    {
        int strip = index % PerImage;
        int first = Partition.Begin(strip, PerImage, positionsY);
        return (first, Partition.Begin(strip + 1, PerImage, positionsY) - first);
    }
}

/// <summary>The images that lines are copied from.</summary>
internal unsafe struct StripSource
{
    /// <summary>What makes the pixels; null where they are copied.</summary>
    public InputNorm* Norm;

    public int Height;
    public int Width;
    public int Channels;

    /// <summary>Floats between neighbouring pixels of an image.</summary>
    public nint PixelStride;

    /// <summary>Floats between neighbouring pixels of the copy.</summary>
    public nint StripPixel;
}

/// <summary>
/// Copies lines of an image, widened by zeros on both sides and above and below, so that every tap of every position finds something
/// to read. A pixel costs one copy instead of one per tap.
/// </summary>
internal static unsafe class LineStrip<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>Copies <paramref name="lines"/> lines of <paramref name="columns"/> pixels from (y, x) on.</summary>
    [MethodImpl(HotMethods.Loop)]
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
        if (source.Norm != null)
        {
            InputNorm.Make(source.Norm, from, count, to, source.StripPixel);
            return;
        }

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
