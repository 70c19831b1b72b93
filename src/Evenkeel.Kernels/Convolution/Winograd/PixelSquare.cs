using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>A square of pixels, some of which may lie outside the image: they are zeros.</summary>
internal readonly unsafe struct PixelSquare
{
    private readonly float** _lines;
    private readonly nint _pixel;
    private readonly int _firstColumn;
    private readonly int _endColumn;

    /// <param name="lines">Memory for a pointer to each line.</param>
    /// <param name="side">Lines and columns of the square.</param>
    /// <param name="image">The image, the pixel of the square's first line and column in it.</param>
    /// <param name="zeros">A line of as many zeros as the square has columns of pixels.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PixelSquare(float** lines, int side, in ImagePlace image, float* zeros)
    {
        _lines = lines;
        _pixel = image.Pixel;
        _firstColumn = Math.Max(0, -image.X);
        _endColumn = Math.Min(side, image.Width - image.X);
        float* line = image.First;
        for (int i = 0; i < side; i++)
        {
            lines[i] = (uint)(image.Y + i) < (uint)image.Height ? line : zeros;
            line += image.Line;
        }
    }

    /// <summary>Whether a column lies inside the image; its pixels in lines outside are zeros that can be read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Has(int column) => column >= _firstColumn && column < _endColumn;

    /// <summary>The channels of the pixels of a column inside the image.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PixelColumn<TVec, TLanes, TWidth> Column<TVec, TLanes, TWidth>(int column, nint channel, int lanes)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
        where TWidth : struct, ITileWidth => new(_lines, (column * _pixel) + channel, lanes);

    /// <summary>A vector of the channels of a pixel in a column inside the image, or <paramref name="lanes"/> of it if the width says so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVec Load<TVec, TLanes, TWidth>(int line, int column, nint channel, int lanes)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
        where TWidth : struct, ITileWidth => Column<TVec, TLanes, TWidth>(column, channel, lanes).Load(line);
}

/// <summary>A place in an image of so many lines and columns; it may lie outside.</summary>
internal unsafe struct ImagePlace
{
    /// <summary>The pixel at the place.</summary>
    public float* First;

    /// <summary>Floats from line to line.</summary>
    public nint Line;

    /// <summary>Floats from pixel to pixel.</summary>
    public nint Pixel;
    public int Y;
    public int X;
    public int Height;
    public int Width;
}
