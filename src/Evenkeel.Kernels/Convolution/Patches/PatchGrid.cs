namespace Evenkeel.Kernels.Convolution.Patches;

/// <summary>
/// Positions on a regular grid of a batch of images, each with a patch of source pixels to read and one pixel to write. The forward
/// pass has one grid; the gradient of the input has one for each remainder of the strides, so that no tap misses.
/// </summary>
internal unsafe struct PatchGrid
{
    public int Batch;
    public PositionOrder Order;
    public int PositionsY;
    public int PositionsX;

    public float* Source;

    /// <summary>What makes pixels of those of the source; null where these are read as they lie.</summary>
    public InputNorm* Norm;
    public int Height;
    public int Width;

    /// <summary>Floats between neighbouring pixels of the source.</summary>
    public nint PixelStride;

    /// <summary>How pixels are put together of those of the source; <see cref="Height"/> and what follows are of what that makes.</summary>
    public InputPhases Phases;

    /// <summary>Floats to read of each pixel.</summary>
    public int Channels;
    public int TapsY;
    public int TapsX;
    public int StepY;
    public int StepX;

    /// <summary>Source row and column of the first tap at position 0, 0; negative in the padding.</summary>
    public int FirstY;
    public int FirstX;

    /// <summary>Pixel that position 0, 0 of image 0 writes.</summary>
    public float* Target;
    public nint TargetPixel;
    public nint TargetStepX;
    public nint TargetStepY;
    public nint TargetImage;

    /// <summary>Positions in all images.</summary>
    public readonly int Positions => Batch * PositionsY * PositionsX;

    /// <summary>Floats of a whole patch.</summary>
    public readonly int Depth => TapsY * TapsX * Channels;

    /// <summary>Floats of one row of taps.</summary>
    public readonly int RowDepth => TapsX * Channels;

    /// <summary>Patches are pixels, position after position, and need not be gathered.</summary>
    public readonly bool ReadsInPlace =>
        TapsY == 1
        && TapsX == 1
        && StepY == 1
        && StepX == 1
        && FirstY == 0
        && FirstX == 0
        && PositionsY == Height
        && PositionsX == Width;

    /// <summary>Targets lie evenly spaced, position after position.</summary>
    public readonly bool WritesInPlace =>
        TargetStepX == TargetPixel
        && TargetStepY == PositionsX * TargetStepX
        && TargetImage == PositionsY * TargetStepY;
}

/// <summary>A position of a grid that moves on in the grid's order.</summary>
internal struct PositionCursor
{
    public int Image;
    public int Y;
    public int X;

    /// <summary>The position of number <paramref name="index"/>.</summary>
    public static PositionCursor At(in PatchGrid grid, int index)
    {
        (int middle, int inner) = Math.DivRem(
            index,
            grid.Order == PositionOrder.Positions ? grid.Batch : grid.PositionsX
        );
        (int outer, middle) = Math.DivRem(
            middle,
            grid.Order switch
            {
                PositionOrder.Images => grid.PositionsY,
                PositionOrder.Lines => grid.Batch,
                _ => grid.PositionsX,
            }
        );
        return grid.Order switch
        {
            PositionOrder.Images => new()
            {
                Image = outer,
                Y = middle,
                X = inner,
            },
            PositionOrder.Lines => new()
            {
                Image = middle,
                Y = outer,
                X = inner,
            },
            _ => new()
            {
                Image = inner,
                Y = outer,
                X = middle,
            },
        };
    }

    /// <summary>Goes to the next position.</summary>
    public void MoveNext(in PatchGrid grid)
    {
        if (grid.Order == PositionOrder.Positions)
        {
            if (Advance(ref Image, grid.Batch) && Advance(ref X, grid.PositionsX))
                Y++;
        }
        else if (Advance(ref X, grid.PositionsX))
        {
            if (grid.Order == PositionOrder.Lines)
            {
                if (Advance(ref Image, grid.Batch))
                    Y++;
            }
            else if (Advance(ref Y, grid.PositionsY))
            {
                Image++;
            }
        }
    }

    // True when the counter has come round to 0.
    private static bool Advance(ref int counter, int count)
    {
        if (++counter < count)
            return false;
        counter = 0;
        return true;
    }
}

/// <summary>The order in which tiles take positions.</summary>
internal enum PositionOrder
{
    /// <summary>Image by image, as they lie in memory.</summary>
    Images,

    /// <summary>The first line of all images, the second, ...: a tile's taps lie in the padding together, above and below.</summary>
    Lines,

    /// <summary>The first position of all images, the second, ...: a tile's taps lie in the padding together on every side.</summary>
    Positions,
}
