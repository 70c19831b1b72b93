using System.Numerics;
using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Kernels.Norm;

/// <summary>Sums of gradients: single precision inside a block of rows, double precision beyond.</summary>
internal static unsafe class GradientSums
{
    /// <summary>Sums the columns of <paramref name="tile"/> into partial result <paramref name="partial"/> (in floats of x).</summary>
    public static void OfTile<TAct, TSink>(
        TAct act,
        in GradientMatrices matrices,
        int width,
        in Tile tile,
        in NormWorkspace workspace,
        nint partial
    )
        where TAct : struct, IActivation
        where TSink : struct, IGradientSink
    {
        double* first = workspace.First + partial;
        double* second = workspace.Second + partial;
        new Span<double>(first, tile.Columns).Clear();
        new Span<double>(second, tile.Columns).Clear();
        float* sums = workspace.BlockFirst + ((nint)tile.Chunk * tile.Columns);
        float* products = workspace.BlockSecond + ((nint)tile.Chunk * tile.Columns);
        var pass = new GradientSumsPass<TAct, TSink>(act, matrices, tile.Columns, workspace, sums, products);
        for (int done = 0; done < tile.Rows; done += NormPlan.BlockRows)
        {
            int rows = Math.Min(NormPlan.BlockRows, tile.Rows - done);
            ColumnPass.Run(ref pass, width, tile.Row + done, rows, tile.Columns);
            Add(sums, first, tile.Columns);
            Add(products, second, tile.Columns);
        }
    }

    /// <summary>Adds all partial results of each channel to the first, in index order.</summary>
    public static void Merge(in NormPlan plan, in NormWorkspace workspace)
    {
        for (int p = 1; p < plan.Partials; p++)
        {
            nint at = (nint)p * plan.Channels;
            Add(workspace.First + at, workspace.First, plan.Channels);
            Add(workspace.Second + at, workspace.Second, plan.Channels);
        }
    }

    private static void Add(float* block, double* sum, int columns)
    {
        int c = 0;
        for (; c + Vector<float>.Count <= columns; c += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(block + c), out Vector<double> low, out Vector<double> high);
            int half = c + Vector<double>.Count;
            (Vector.Load(sum + c) + low).Store(sum + c);
            (Vector.Load(sum + half) + high).Store(sum + half);
        }

        for (; c < columns; c++)
            sum[c] += block[c];
    }

    private static void Add(double* part, double* sum, int columns)
    {
        int c = 0;
        for (; c + Vector<double>.Count <= columns; c += Vector<double>.Count)
            (Vector.Load(sum + c) + Vector.Load(part + c)).Store(sum + c);
        for (; c < columns; c++)
            sum[c] += part[c];
    }
}
