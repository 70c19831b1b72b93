using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution;

/// <summary>Copies the patches of a few places to rows without gaps; taps in the padding become zeros.</summary>
internal static unsafe class PatchGather<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>Finds places <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Locate(in PatchGrid grid, int first, int count, PatchRow* rows)
    {
        (int line, int x) = Math.DivRem(first, grid.PlacesX);
        (int image, int y) = Math.DivRem(line, grid.PlacesY);
        nint imageFloats = (nint)grid.Height * grid.Width * grid.PixelStride;
        for (int i = 0; i < count; i++)
        {
            rows[i].Image = grid.Source + (image * imageFloats);
            rows[i].Y = (y * grid.StepY) + grid.FirstY;
            rows[i].X = (x * grid.StepX) + grid.FirstX;
            rows[i].Target = grid.Target + (image * grid.TargetImage) + (y * grid.TargetStepY) + (x * grid.TargetStepX);
            if (++x < grid.PlacesX)
                continue;
            x = 0;
            if (++y < grid.PlacesY)
                continue;
            y = 0;
            image++;
        }
    }

    /// <summary>The rows of taps that meet the image at any of the places, from first to before end.</summary>
    public static (int First, int End) TapRows(in PatchGrid grid, PatchRow* rows, int count)
    {
        int first = grid.TapsY;
        int end = 0;
        for (int i = 0; i < count; i++)
        {
            first = Math.Min(first, Math.Max(0, -rows[i].Y));
            end = Math.Max(end, Math.Min(grid.TapsY, grid.Height - rows[i].Y));
        }

        return first < end ? (first, end) : (0, 0);
    }

    /// <summary>Copies tap rows <paramref name="tapFirst"/> to <paramref name="tapEnd"/> - 1 of each place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        in PatchGrid grid,
        PatchRow* rows,
        int count,
        int tapFirst,
        int tapEnd,
        float* patches,
        nint patchStride
    )
    {
        for (int i = 0; i < count; i++)
        {
            float* to = patches + (i * patchStride);
            for (int tap = tapFirst; tap < tapEnd; tap++)
            {
                int y = rows[i].Y + tap;
                if ((uint)y < (uint)grid.Height)
                    TapRow(grid, rows[i].Image, y, rows[i].X, to);
                else
                    Zero(to, grid.RowDepth);
                to += grid.RowDepth;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TapRow(in PatchGrid grid, float* image, int y, int x, float* to)
    {
        int first = Math.Clamp(-x, 0, grid.TapsX);
        int end = Math.Clamp(grid.Width - x, first, grid.TapsX);
        Zero(to, first * grid.Channels);
        float* from = image + ((((nint)y * grid.Width) + x + first) * grid.PixelStride);
        if (grid.Channels == grid.PixelStride)
        {
            Copy(from, to + (first * grid.Channels), (end - first) * grid.Channels);
        }
        else
        {
            for (int tap = first; tap < end; tap++)
            {
                Copy(from, to + (tap * grid.Channels), grid.Channels);
                from += grid.PixelStride;
            }
        }

        Zero(to + (end * grid.Channels), (grid.TapsX - end) * grid.Channels);
    }

    /// <summary>Copies so many floats, none beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(float* from, float* to, int floats)
    {
        int i = 0;
        for (; i + TLanes.Count <= floats; i += TLanes.Count)
            TLanes.Store(to + i, TLanes.Load(from + i));
        if (i < floats)
            TLanes.StorePartial(to + i, TLanes.LoadPartial(from + i, floats - i), floats - i);
    }

    /// <summary>Writes so many zeros, none beyond.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Zero(float* to, int floats)
    {
        int i = 0;
        for (; i + TLanes.Count <= floats; i += TLanes.Count)
            TLanes.Store(to + i, TLanes.Zero);
        if (i < floats)
            TLanes.StorePartial(to + i, TLanes.Zero, floats - i);
    }
}
