namespace Evenkeel.Kernels.Convolution;

/// <summary>A place of a grid that moves on in the grid's order.</summary>
internal struct PlaceCursor
{
    public int Image;
    public int Y;
    public int X;

    /// <summary>The place of number <paramref name="index"/>.</summary>
    public static PlaceCursor At(in PatchGrid grid, int index)
    {
        (int middle, int inner) = Math.DivRem(index, grid.Order == PlaceOrder.Places ? grid.Batch : grid.PlacesX);
        (int outer, middle) = Math.DivRem(
            middle,
            grid.Order switch
            {
                PlaceOrder.Images => grid.PlacesY,
                PlaceOrder.Lines => grid.Batch,
                _ => grid.PlacesX,
            }
        );
        return grid.Order switch
        {
            PlaceOrder.Images => new()
            {
                Image = outer,
                Y = middle,
                X = inner,
            },
            PlaceOrder.Lines => new()
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

    /// <summary>Goes to the next place.</summary>
    public void MoveNext(in PatchGrid grid)
    {
        if (grid.Order == PlaceOrder.Places)
        {
            if (Advance(ref Image, grid.Batch) && Advance(ref X, grid.PlacesX))
                Y++;
        }
        else if (Advance(ref X, grid.PlacesX))
        {
            if (grid.Order == PlaceOrder.Lines)
            {
                if (Advance(ref Image, grid.Batch))
                    Y++;
            }
            else if (Advance(ref Y, grid.PlacesY))
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
