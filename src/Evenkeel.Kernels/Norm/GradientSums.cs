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
        int stride,
        int width,
        in Tile tile,
        in NormWorkspace workspace,
        nint partial
    )
        where TAct : struct, IActivation
        where TSink : struct, IGradientSink
    {
        int columns = tile.End - tile.Column;
        double* first = workspace.First + partial;
        double* second = workspace.Second + partial;
        new Span<double>(first + tile.Column, columns).Clear();
        new Span<double>(second + tile.Column, columns).Clear();
        float* sums = workspace.BlockFirst + ((nint)tile.Chunk * stride);
        float* products = workspace.BlockSecond + ((nint)tile.Chunk * stride);
        var pass = new GradientSumsPass<TAct, TSink>(act, matrices, stride, workspace, sums, products);
        for (int done = 0; done < tile.Rows; done += NormPlan.BlockRows)
        {
            int rows = Math.Min(NormPlan.BlockRows, tile.Rows - done);
            ColumnPass.Run(ref pass, width, tile.Row + done, rows, tile.Column, tile.End);
            Add(sums, first, tile.Column, tile.End);
            Add(products, second, tile.Column, tile.End);
        }
    }

    /// <summary>Adds all partial results of channels [from, to) to the first, in index order.</summary>
    public static void Merge(in NormPlan plan, in NormWorkspace workspace, int from, int to)
    {
        for (int p = 1; p < plan.Partials; p++)
        {
            nint at = (nint)p * plan.Channels;
            Add(workspace.First + at, workspace.First, from, to);
            Add(workspace.Second + at, workspace.Second, from, to);
        }
    }

    private static void Add(float* block, double* sum, int from, int to)
    {
        int c = from;
        for (; c + Vector<float>.Count <= to; c += Vector<float>.Count)
        {
            Vector.Widen(Vector.Load(block + c), out Vector<double> low, out Vector<double> high);
            int half = c + Vector<double>.Count;
            (Vector.Load(sum + c) + low).Store(sum + c);
            (Vector.Load(sum + half) + high).Store(sum + half);
        }

        for (; c < to; c++)
            sum[c] += block[c];
    }

    private static void Add(double* part, double* sum, int from, int to)
    {
        int c = from;
        for (; c + Vector<double>.Count <= to; c += Vector<double>.Count)
            (Vector.Load(sum + c) + Vector.Load(part + c)).Store(sum + c);
        for (; c < to; c++)
            sum[c] += part[c];
    }
}
