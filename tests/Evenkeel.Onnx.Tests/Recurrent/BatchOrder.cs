namespace Evenkeel.Onnx.Tests.Recurrent;

/// <summary>Between values whose batch stands behind other dimensions, as in files, and in front, as in models.</summary>
internal static class BatchOrder
{
    /// <summary>[outer, batch, inner] as [batch, outer, inner].</summary>
    public static float[] ToFront(float[] values, int[] dimensions, int axis)
    {
        (int outer, int batch) = (Product(dimensions[..axis]), dimensions[axis]);
        return Swapped(values, outer, batch);
    }

    /// <summary>The opposite: dimensions are those of the result.</summary>
    public static float[] FromFront(float[] values, int[] dimensions, int axis)
    {
        (int outer, int batch) = (Product(dimensions[..axis]), dimensions[axis]);
        return Swapped(values, batch, outer);
    }

    private static float[] Swapped(float[] values, int rows, int columns)
    {
        int inner = values.Length / (rows * columns);
        float[] moved = new float[values.Length];
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
                values.AsSpan(((r * columns) + c) * inner, inner).CopyTo(moved.AsSpan(((c * rows) + r) * inner));
        }

        return moved;
    }

    private static int Product(int[] dimensions) => dimensions.Aggregate(1, (product, d) => product * d);
}
