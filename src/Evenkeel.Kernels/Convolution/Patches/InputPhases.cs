using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Patches;

/// <summary>
/// The phases of a source that a kernel passes in steps: step x step pixels are one, their channels behind each other. A kernel passes those pixel by pixel, and
/// has one tap for as many as a step has: 7x7 taps of 3 channels in steps of 2 are 4x4 taps of 12 channels. Taps behind the kernel's last are zeros.
/// </summary>
internal unsafe struct InputPhases
{
    private int _height;
    private int _width;
    private nint _pixelStride;
    private int _channels;
    private int _firstY;
    private int _firstX;
    private int _fullY;
    private int _fullX;

    /// <summary>Pixels of a step; 0 or 1 where the source is as it is.</summary>
    public int Step { get; private set; }

    /// <summary>Whether pixels are put together.</summary>
    public readonly bool AreJoined => Step > 1;

    /// <summary>The same positions on the phases of what they see; a grid without strides as it is.</summary>
    public static PatchGrid Of(in PatchGrid grid)
    {
        if (grid.StepY == 1)
            return grid;
        int step = grid.StepY;
        PatchGrid joined = grid;
        joined.Phases = new InputPhases
        {
            Step = step,
            _height = grid.Height,
            _width = grid.Width,
            _pixelStride = grid.PixelStride,
            _channels = grid.Channels,
            _firstY = grid.FirstY,
            _firstX = grid.FirstX,
        };
        (joined.StepY, joined.StepX, joined.FirstY, joined.FirstX) = (1, 1, 0, 0);
        joined.TapsY = Partition.CeilingDivide(grid.TapsY, step);
        joined.TapsX = Partition.CeilingDivide(grid.TapsX, step);
        // Lines and columns of phases that have as many taps as the first.
        joined.Phases._fullY = grid.TapsY - (step * (joined.TapsY - 1));
        joined.Phases._fullX = grid.TapsX - (step * (joined.TapsX - 1));
        joined.Height = grid.PositionsY + joined.TapsY - 1;
        joined.Width = grid.PositionsX + joined.TapsX - 1;
        joined.Channels = step * step * grid.Channels;
        // Whole cache lines, so that the vectors of a pixel lie in as few as they can.
        joined.PixelStride = ((nint)joined.Channels + 15) / 16 * 16;
        return joined;
    }

    /// <summary>Channels up to the last of those phases that have the last tap along the axes where that is asked for.</summary>
    public readonly int Channels(in PatchGrid grid, bool lastY, bool lastX) =>
        AreJoined ? ((((lastY ? _fullY : Step) - 1) * Step) + (lastX ? _fullX : Step)) * _channels : grid.Channels;

    /// <summary>Floats of memory that <see cref="Make"/> needs beside what it makes.</summary>
    public readonly nint LineFloats(InputNorm* norm) =>
        AreJoined && norm != null ? (((_width * _pixelStride) + 15) / 16 * 16) + 16 : 0;

    /// <summary>Makes pixels of a line of phases.</summary>
    /// <param name="grid">The positions on phases.</param>
    /// <param name="line">The line, counted through all images.</param>
    /// <param name="columns">The first pixel, and the one behind the last.</param>
    /// <param name="to">Receives them, <see cref="PatchGrid.PixelStride"/> floats apart.</param>
    /// <param name="memory">Memory for a line of the source, where it is normalised.</param>
    public readonly void Make(in PatchGrid grid, int line, (int Begin, int End) columns, float* to, float* memory)
    {
        (int image, int inImage) = Math.DivRem(line, grid.Height);
        for (int phase = 0; phase < Step; phase++, to += Step * _channels)
        {
            int y = (inImage * Step) + phase + _firstY;
            float* source = grid.Source + ((((nint)image * _height) + y) * _width * _pixelStride);
            bool isInside = (uint)y < (uint)_height;
            if (isInside && grid.Norm != null)
            {
                InputNorm.Make(grid.Norm, source, _width, memory, _pixelStride);
                source = memory;
            }

            Copy(source, isInside ? _width : 0, columns, to, grid.PixelStride);
        }
    }

    // Pixels of a line of the source to one phase of a line; those outside of its width are zeros.
    private readonly void Copy(float* source, int width, (int Begin, int End) columns, float* to, nint pitch)
    {
        // The first pixel of phases that lies in the source as a whole, and the one behind the last.
        int first = Math.Clamp(Partition.CeilingDivide(Math.Max(0, -_firstX), Step), columns.Begin, columns.End),
            end = Math.Clamp((int)Math.Floor((width - _firstX) / (double)Step), first, columns.End);
        int column = columns.Begin;
        for (; column < first; column++, to += pitch)
            CopyEdge(source, width, column, to);
        float* from = source + (((column * Step) + _firstX) * _pixelStride);
        nint step = Step * _pixelStride;
        if (step < Lanes4.Count)
            CopyShort(from, step, end - column, to, pitch);
        else
            CopyLong(from, step, end - column, to, pitch);
        to += (end - column) * pitch;
        column = end;
        for (; column < columns.End; column++, to += pitch)
            CopyEdge(source, width, column, to);
    }

    private readonly void CopyEdge(float* source, int width, int column, float* to)
    {
        for (int phase = 0; phase < Step; phase++, to += _channels)
        {
            int x = (column * Step) + phase + _firstX;
            var pixel = new Span<float>(to, _channels);
            if ((uint)x < (uint)width)
                new Span<float>(source + (x * _pixelStride), _channels).CopyTo(pixel);
            else
                pixel.Clear();
        }
    }

    private static void CopyShort(float* from, nint floats, int pixels, float* to, nint pitch)
    {
        for (; pixels > 0; pixels--, from += floats, to += pitch)
        {
            for (nint i = 0; i < floats; i++)
                to[i] = from[i];
        }
    }

    // The last vector of a pixel lies over the one before it.
    [MethodImpl(HotMethods.Loop)]
    private static void CopyLong(float* from, nint floats, int pixels, float* to, nint pitch)
    {
        nint last = floats - Lanes4.Count;
        for (; pixels > 0; pixels--, from += floats, to += pitch)
        {
            for (nint i = 0; i < last; i += Lanes4.Count)
                Lanes4.Store(to + i, Lanes4.Load(from + i));
            Lanes4.Store(to + last, Lanes4.Load(from + last));
        }
    }
}
