using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Linear;

/// <summary>
/// A large product: blocks of b are packed once by all threads and then used by all row tiles. Rows of a are copied too
/// where their spacing would put them all on the same few cache sets.
/// </summary>
internal static unsafe class PackedProduct<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    // A block of b takes at most 1 MB and stays in the second-level cache while the rows pass by. A tile of a takes about
    // 21 KB and stays in the first-level cache while the panels pass by; beyond that, fewer passes over c are worth more.
    private const int DepthBlock = 384;
    private const int DepthInOneBlock = 512;
    private const int ColumnBlock = 512;

    /// <summary>Computes <paramref name="product"/>.</summary>
    public static void Run(WorkerPool pool, in Product product)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        int panels = Partition.CeilingDivide(product.Columns, width);
        int panelBlocks = Partition.CeilingDivide(product.Columns, ColumnBlock);
        int panelsPerBlock = Partition.CeilingDivide(panels, panelBlocks);
        int blocks = product.Depth <= DepthInOneBlock ? 1 : Partition.CeilingDivide(product.Depth, DepthBlock);
        int blockSteps = Partition.CeilingDivide(product.Depth, blocks);
        int rowTiles = Partition.CeilingDivide(product.Rows, TileKernels<TVec, TLanes>.MaxHeight);
        int rowParts = Math.Min(rowTiles, Partition.Count(product.Operations / blocks / panelBlocks, pool.Active));
        nint panelFloats = (nint)blockSteps * width;
        nint copyFloats = TileCopy<TVec, TLanes>.Floats(TileKernels<TVec, TLanes>.MaxHeight, blockSteps);
        using Scratch lent = pool.Scratch(
            (nuint)(width + (panelsPerBlock * panelFloats) + (rowParts * copyFloats)) * sizeof(float)
        );
        float* scratch = (float*)lent.Pointer;
        new Span<float>(scratch, width).Clear();
        float* packed = scratch + width;
        for (int panel = 0; panel < panels; panel += panelsPerBlock)
        {
            for (int block = 0; block < blocks; block++)
            {
                int begin = Partition.Begin(block, blocks, product.Depth);
                int end = Partition.Begin(block + 1, blocks, product.Depth);
                int panelEnd = Math.Min(panels, panel + panelsPerBlock);
                var packing = new Packing(product, packed, panelFloats, panel, begin, end);
                pool.For(panelEnd - panel, ref packing);
                pool.For(rowParts, new Rows(product, scratch, packing, rowParts, panelEnd, copyFloats, panelsPerBlock));
            }
        }
    }

    private readonly struct Packing(in Product product, float* packed, nint panelFloats, int panel, int begin, int end)
        : IChunkWork
    {
        private readonly Product _product = product;

        public int FirstPanel => panel;

        public int Begin => begin;

        public int End => end;

        public nint PanelFloats => panelFloats;

        public float* Panel(int index) => packed + (index * panelFloats);

        public void Run(int chunk) =>
            PanelPacking<TVec, TLanes>.Pack(_product, panel + chunk, begin, end, Panel(chunk));
    }

    private readonly struct Rows(
        in Product product,
        float* zeros,
        in Packing packing,
        int rowParts,
        int panelEnd,
        nint copyFloats,
        int panelsPerBlock
    ) : IChunkWork
    {
        private readonly Product _product = product;
        private readonly Packing _packing = packing;

        [MethodImpl(HotMethods.Loop)]
        public void Run(int chunk)
        {
            var tiles = new RowTiles(
                Partition.Begin(chunk, rowParts, _product.Rows),
                Partition.Begin(chunk + 1, rowParts, _product.Rows),
                TileKernels<TVec, TLanes>.MaxHeight
            );
            var packedTiles = new PackedTiles<TVec, TLanes>(_product, zeros, _packing.Begin, _packing.End);
            float* copy = _packing.Panel(panelsPerBlock) + (chunk * copyFloats);
            bool copies = TileCopy<TVec, TLanes>.Pays(_product);
            for (int tile = 0; tile < tiles.Count; tile++)
            {
                int row = tiles.Row(tile);
                int rows = tiles.Height(tile);
                float* first = _product.A + (row * _product.ARowStride) + (_packing.Begin * _product.AStepStride);
                var a = new TileRows(first, _product.ARowStride, _product.AStepStride);
                if (copies)
                    a = TileCopy<TVec, TLanes>.Run(a, rows, _packing.End - _packing.Begin, copy);
                packedTiles.RunAcross(
                    _packing.Panel(0),
                    _packing.PanelFloats,
                    _packing.FirstPanel,
                    panelEnd,
                    row,
                    rows,
                    a
                );
            }
        }
    }
}
