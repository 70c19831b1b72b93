namespace Evenkeel.Graphs;

/// <summary>Matrices as square blocks of columns side by side, the last of which may have fewer columns, each filled on its own.</summary>
internal static class SquareBlocks
{
    /// <summary>The identity times a factor in each block.</summary>
    public static void FillIdentity(Span<float> values, NamedTensor tensor, double gain)
    {
        (int rows, int columns) = Size(tensor);
        values.Clear();
        for (int at = 0; at < columns; at++)
            values[(at % rows * columns) + at] = (float)gain;
    }

    /// <summary>An orthogonal matrix in each block: Gaussian columns, made orthonormal by Gram and Schmidt's rule in double precision.</summary>
    public static void FillOrthogonal(Span<float> values, NamedTensor tensor, ref RandomStream random)
    {
        (int rows, int columns) = Size(tensor);
        double[][] block = new double[rows][];
        for (int at = 0; at < columns; at++)
        {
            int done = at % rows;
            double[] column = block[done] = new double[rows];
            foreach (ref double value in column.AsSpan())
                value = random.NextGaussian();
            // The second turn takes away what rounding left of the first.
            for (int turn = 0; turn < 2; turn++)
                MakeOrthonormal(column, block.AsSpan(0, done));
            for (int row = 0; row < rows; row++)
                values[(row * columns) + at] = (float)column[row];
        }
    }

    private static void MakeOrthonormal(double[] column, ReadOnlySpan<double[]> others)
    {
        foreach (double[] other in others)
        {
            double share = Dot(column, other);
            for (int row = 0; row < column.Length; row++)
                column[row] -= share * other[row];
        }

        double length = Math.Sqrt(Dot(column, column));
        foreach (ref double value in column.AsSpan())
            value /= length;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }

    // All dimensions but the last are rows, as in the products that use the tensor.
    private static (int Rows, int Columns) Size(NamedTensor tensor)
    {
        int columns = tensor.Spec.Dimensions[^1];
        return (tensor.Spec.Count / columns, columns);
    }
}
