using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Convolution.Patches;

/// <summary>Copies the patches of a few positions to rows without gaps; taps in the padding become zeros.</summary>
internal static unsafe class PatchGather<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>Finds <paramref name="count"/> positions from number <paramref name="first"/> in the grid's order on.</summary>
    [MethodImpl(HotMethods.Loop)]
    public static void Locate(in PatchGrid grid, int first, int count, PatchRow* rows)
    {
        nint imageFloats = (nint)grid.Height * grid.Width * grid.PixelStride;
        PositionCursor position = PositionCursor.At(grid, first);
        for (int i = 0; i < count; i++)
        {
            rows[i].Image = grid.Source + (position.Image * imageFloats);
            rows[i].Y = (position.Y * grid.StepY) + grid.FirstY;
            rows[i].X = (position.X * grid.StepX) + grid.FirstX;
            rows[i].Target =
                grid.Target
                + (position.Image * grid.TargetImage)
                + (position.Y * grid.TargetStepY)
                + (position.X * grid.TargetStepX);
            position.MoveNext(grid);
        }
    }

    /// <summary>The taps that lie inside the image at any of the positions, and perhaps some more.</summary>
    public static TapRange Taps(in PatchGrid grid, PatchRow* rows, int count)
    {
        (int firstRow, int endRow) = TapRows(grid, rows, count);
        (int firstColumn, int endColumn) =
            grid.Order == PositionOrder.Positions ? TapColumns(grid, rows, count) : (0, grid.TapsX);
        return new TapRange(firstRow, endRow - firstRow, firstColumn, endColumn - firstColumn);
    }

    // The rows of taps that meet the image at any of the positions.
    private static (int First, int End) TapRows(in PatchGrid grid, PatchRow* rows, int count)
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

    // The columns of taps that meet the image at any of the positions.
    private static (int First, int End) TapColumns(in PatchGrid grid, PatchRow* rows, int count)
    {
        int first = grid.TapsX;
        int end = 0;
        for (int i = 0; i < count; i++)
        {
            first = Math.Min(first, Math.Max(0, -rows[i].X));
            end = Math.Max(end, Math.Min(grid.TapsX, grid.Width - rows[i].X));
        }

        return first < end ? (first, end) : (0, 0);
    }

    /// <summary>Copies the taps in <paramref name="taps"/> of each position.</summary>
    [MethodImpl(HotMethods.Loop)]
    public static void Run(
        in PatchGrid grid,
        PatchRow* rows,
        int count,
        TapRange taps,
        float* patches,
        nint patchStride
    )
    {
        int lineFloats = taps.Columns * grid.Channels;
        for (int i = 0; i < count; i++)
        {
            float* to = patches + (i * patchStride);
            for (int tap = taps.FirstRow; tap < taps.FirstRow + taps.Rows; tap++)
            {
                int y = rows[i].Y + tap;
                if ((uint)y < (uint)grid.Height)
                    TapRow(grid, rows[i].Image, y, rows[i].X + taps.FirstColumn, taps.Columns, to);
                else
                    Zero(to, lineFloats);
                to += lineFloats;
            }
        }
    }

    [MethodImpl(HotMethods.Loop)]
    private static void TapRow(in PatchGrid grid, float* image, int y, int x, int taps, float* to)
    {
        int first = Math.Clamp(-x, 0, taps);
        int end = Math.Clamp(grid.Width - x, first, taps);
        Zero(to, first * grid.Channels);
        float* from = image + ((((nint)y * grid.Width) + x + first) * grid.PixelStride);
        if (grid.Norm != null)
        {
            InputNorm.Make(grid.Norm, from, end - first, to + (first * grid.Channels), grid.Channels);
        }
        else if (grid.Channels == grid.PixelStride)
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

        Zero(to + (end * grid.Channels), (taps - end) * grid.Channels);
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

/// <summary>A rectangle of the kernel's taps.</summary>
internal readonly record struct TapRange(int FirstRow, int Rows, int FirstColumn, int Columns)
{
    /// <summary>All taps of a grid.</summary>
    public static TapRange All(in PatchGrid grid) => new(0, grid.TapsY, 0, grid.TapsX);
}

/// <summary>One position of a grid: its image, where its patch begins in it, and the pixel it writes.</summary>
internal unsafe struct PatchRow
{
    public float* Image;
    public int Y;
    public int X;
    public float* Target;
}
