using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Linear;

/// <summary>
/// A product with few rows whose b must be transposed: each part packs one panel after the other and uses it up at once, so that
/// nothing has to be waited for.
/// </summary>
internal readonly unsafe struct PanelProduct<TVec, TLanes> : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    // A packed block of 256 x 32 floats fills two thirds of a 48 KB cache.
    private const int DepthBlock = 256;

    private readonly Product _product;
    private readonly float* _zeros;
    private readonly int _parts;

    private PanelProduct(in Product product, float* zeros, int parts)
    {
        _product = product;
        _zeros = zeros;
        _parts = parts;
    }

    private static int PanelFloats => DepthBlock * TileKernels<TVec, TLanes>.Width;

    /// <summary>Computes <paramref name="product"/>.</summary>
    public static void Run(WorkerPool pool, in Product product)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        int panels = Partition.CeilingDivide(product.Columns, width);
        int parts = Math.Min(panels, Partition.Count(product.Operations, pool.Active));
        using Scratch lent = pool.Scratch((nuint)(width + ((nint)parts * PanelFloats)) * sizeof(float));
        float* scratch = (float*)lent.Pointer;
        new Span<float>(scratch, width).Clear();
        pool.For(parts, new PanelProduct<TVec, TLanes>(product, scratch, parts));
    }

    /// <inheritdoc/>
    [MethodImpl(HotMethods.Loop)]
    public void Run(int chunk)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        int panels = Partition.CeilingDivide(_product.Columns, width);
        int panelEnd = Partition.Begin(chunk + 1, _parts, panels);
        int blocks = Math.Max(1, Partition.CeilingDivide(_product.Depth, DepthBlock));
        float* packed = _zeros + width + ((nint)chunk * PanelFloats);
        for (int panel = Partition.Begin(chunk, _parts, panels); panel < panelEnd; panel++)
        {
            for (int block = 0; block < blocks; block++)
            {
                int begin = Partition.Begin(block, blocks, _product.Depth);
                int end = Partition.Begin(block + 1, blocks, _product.Depth);
                RunBlock(panel, begin, end, packed);
            }
        }
    }

    [MethodImpl(HotMethods.Loop)]
    private void RunBlock(int panel, int begin, int end, float* packed)
    {
        PanelPacking<TVec, TLanes>.Pack(_product, panel, begin, end, packed);
        var rows = new RowTiles(0, _product.Rows, TileKernels<TVec, TLanes>.MaxHeight);
        var tiles = new PackedTiles<TVec, TLanes>(_product, _zeros, begin, end);
        tiles.RunDown(packed, panel, 0, rows.Height(0), rows.Taller);
        int rest = rows.Count - rows.Taller;
        tiles.RunDown(packed, panel, rows.Row(rows.Taller), rows.Height(rows.Taller), rest);
    }
}
