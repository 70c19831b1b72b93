using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// How the weights' gradient is cut for minimal filtering, by shape alone: output channels into panels, tiles of outputs into parts
/// with sums of their own.
/// </summary>
internal readonly struct WinogradWeightPlan
{
    // More would be many sums to add up, and is not needed: panels are divided among threads too.
    private const int MostParts = 16;

    // Sums come and go once per part; with so many tiles that is a small share of the work.
    private const int PartTiles = 768;

    // Two parts serve two threads better than two uneven halves of few panels do; otherwise it costs more to add up their sums.
    private const int FewParts = 2;
    private const int ManyPanels = 7;

    // Sums come and go once per block, and must not do so all the time.
    private const int FewestBlockTiles = 64;

    /// <param name="grid">The grid of the forward pass.</param>
    /// <param name="columns">Output channels.</param>
    /// <param name="cut">How its positions are cut.</param>
    /// <param name="width">Columns of a tile of sums.</param>
    /// <param name="threads">Threads to find work for; sums do not depend on them.</param>
    public WinogradWeightPlan(in PatchGrid grid, int columns, in WinogradCut cut, int width, int threads)
    {
        (Cut, Channels, Depth) = (cut, grid.Channels, new WinogradDepth(grid, cut));
        Panels = Partition.CeilingDivide(columns, width);
        SumPlane = (nint)grid.Channels * width;
        PanelFloats = Cut.Planes * SumPlane;
        InputStride = Caches.Apart(((nint)grid.Channels + 15) / 16 * 16);
        long affordable = Caches.BlockBytes / sizeof(float) / Cut.Planes / InputStride;
        int blockTiles = (int)Math.Max(FewestBlockTiles, affordable);
        Parts = Math.Clamp(
            Cut.Tiles / PartTiles,
            DividesEvenly ? 1 : Math.Clamp(Cut.Tiles / FewestBlockTiles, 1, FewParts),
            MostParts
        );
        int partTiles = Partition.CeilingDivide(Cut.Tiles, Parts);
        Blocks = Math.Max(1, Partition.CeilingDivide(partTiles, blockTiles));
        PanelBlocks = Math.Min(Panels, Partition.CeilingDivide(threads, Parts));
        // Odd numbers of cache lines, so that planes do not compete for cache sets.
        BlockTiles = Partition.CeilingDivide(partTiles, Blocks) + 1;
        InputPlane = (((BlockTiles * InputStride) + 31) / 32 * 32) + 16;
        GradientPlane = ((((nint)BlockTiles * width) + 31) / 32 * 32) + 16;
        BlockFloats = Cut.Planes * (InputPlane + GradientPlane);
        ZeroFloats = ((int)Math.Max(cut.Window * grid.PixelStride, cut.Outputs * grid.TargetPixel) + 15) / 16 * 16;
    }

    /// <summary>The tiles.</summary>
    public WinogradCut Cut { get; }

    /// <summary>Channels of a pixel that a window sees.</summary>
    public int Channels { get; }

    /// <summary>Channels that each plane has sums of.</summary>
    public WinogradDepth Depth { get; }

    /// <summary>Panels of output channels.</summary>
    public int Panels { get; }

    private bool DividesEvenly => Panels % FewParts == 0 || Panels >= ManyPanels;

    /// <summary>Blocks that panels are divided into, each for a chunk of its own.</summary>
    public int PanelBlocks { get; }

    /// <summary>Parts that tiles are divided into.</summary>
    public int Parts { get; }

    /// <summary>Blocks that the tiles of a part are divided into.</summary>
    public int Blocks { get; }

    /// <summary>Tiles of the largest block.</summary>
    public int BlockTiles { get; }

    /// <summary>Floats of a plane of the sums of a panel.</summary>
    public nint SumPlane { get; }

    /// <summary>Floats of the sums of a panel.</summary>
    public nint PanelFloats { get; }

    /// <summary>Floats of the sums of a part.</summary>
    public nint PartFloats => Panels * PanelFloats;

    /// <summary>Floats from a tile to the next in a plane of inputs.</summary>
    public nint InputStride { get; }

    /// <summary>Floats of a plane of transformed inputs of a block.</summary>
    public nint InputPlane { get; }

    /// <summary>Floats of a plane of transformed gradients of a block and a panel.</summary>
    public nint GradientPlane { get; }

    /// <summary>Floats of the transformed inputs and gradients of a block.</summary>
    public nint BlockFloats { get; }

    /// <summary>Zeros for a line of a tile's pixels.</summary>
    public int ZeroFloats { get; }

    /// <summary>First panel of block <paramref name="block"/>.</summary>
    public int FirstPanel(int block) => Partition.Begin(block, PanelBlocks, Panels);

    /// <summary>First tile of block <paramref name="block"/> of part <paramref name="part"/>.</summary>
    public int FirstTile(int part, int block)
    {
        int begin = Partition.Begin(part, Parts, Cut.Tiles);
        return begin + Partition.Begin(block, Blocks, Partition.Begin(part + 1, Parts, Cut.Tiles) - begin);
    }
}
