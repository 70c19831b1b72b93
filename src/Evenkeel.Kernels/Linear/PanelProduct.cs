using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Linear;

/// <summary>
/// A product with few rows whose b must be transposed: each part packs panels of its own and uses them up at once, so that
/// nothing has to be waited for.
/// </summary>
internal unsafe struct PanelProduct<TVec, TLanes> : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    // A packed block of 256 x 32 floats fills two thirds of a 48 KB cache.
    private const int DepthBlock = 256;

    private Product _product;
    private float* _zeros;
    private float* _panels;
    private int _blocks;
    private int _blockSteps;

    /// <summary>Computes <paramref name="product"/>.</summary>
    public static void Run(WorkerPool pool, in Product product)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        int panels = Partition.CeilingDivide(product.Columns, width);
        int blocks = Math.Max(1, Partition.CeilingDivide(product.Depth, DepthBlock));
        int blockSteps = Partition.CeilingDivide(product.Depth, blocks);
        nuint floats = (nuint)width * (nuint)(1 + ((long)panels * blockSteps));
        float* scratch = (float*)pool.Scratch(floats * sizeof(float));
        new Span<float>(scratch, width).Clear();
        var work = new PanelProduct<TVec, TLanes>
        {
            _product = product,
            _zeros = scratch,
            _panels = scratch + width,
            _blocks = blocks,
            _blockSteps = blockSteps,
        };
        if (Partition.Count(product.Operations, pool.Threads) > 1)
        {
            pool.For(panels, ref work);
            return;
        }

        for (int panel = 0; panel < panels; panel++)
            work.Run(panel);
    }

    /// <inheritdoc/>
    public readonly void Run(int chunk)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        float* packed = _panels + ((nint)chunk * _blockSteps * width);
        var rows = new RowTiles(0, _product.Rows, TileKernels<TVec, TLanes>.MaxHeight);
        for (int block = 0; block < _blocks; block++)
        {
            int begin = Partition.Begin(block, _blocks, _product.Depth);
            int end = Partition.Begin(block + 1, _blocks, _product.Depth);
            PanelPacking<TVec, TLanes>.Pack(_product, chunk, begin, end, packed);
            var packedTiles = new PackedTiles<TVec, TLanes>(_product, _zeros, begin, end);
            packedTiles.RunDown(packed, chunk, rows.Row(0), rows.Height(0), rows.Taller);
            int rest = rows.Count - rows.Taller;
            packedTiles.RunDown(packed, chunk, rows.Row(rows.Taller), rows.Height(rows.Taller), rest);
        }
    }
}
