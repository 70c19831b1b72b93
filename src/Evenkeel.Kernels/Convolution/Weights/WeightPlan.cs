using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Weights;

/// <summary>
/// How the weights' gradient is cut, by shape alone: output channels into panels, positions into strips of whole lines or whole
/// images, strips into parts with sums of their own.
/// </summary>
internal readonly struct WeightPlan
{
    // A tile takes a cache line of each pixel of a strip. Pixels of a multiple of 64 channels lie so far apart that only a quarter of the first-level
    // cache's sets take them, and the next tile should find them there.
    private static readonly int _stripPositions = (int)(Caches.FirstLevelBytes / 4 / 64);

    // Enough for the threads of a small machine.
    private const int Chunks = 16;

    // Sums of all parts together, in floats: they cost time to add up.
    private const long LargestSums = 1 << 20;

    // With few channels, the channels of a row of taps are taken together to fill a tile.
    private const int FewChannels = 32;

    // So few channels of whole vectors lie together well enough without being copied.
    private const int FewOutputs = 64;

    /// <param name="shape">Sizes.</param>
    /// <param name="batch">Images.</param>
    /// <param name="width">Columns of a tile.</param>
    /// <param name="copiesInput">Whether x must be copied, because it is made on the way.</param>
    public WeightPlan(in ConvolutionShape shape, int batch, int width, bool copiesInput)
    {
        long image = shape.Positions;
        Images = (int)Math.Clamp(_stripPositions / image, 1, Math.Max(1, batch));
        Lines =
            Images > 1 ? shape.OutputHeight : Math.Clamp(_stripPositions / shape.OutputWidth, 1, shape.OutputHeight);
        StripsPerImage = Partition.CeilingDivide(shape.OutputHeight, Lines);
        Strips = Partition.CeilingDivide(batch, Images) * StripsPerImage;
        Panels = Partition.CeilingDivide(shape.GroupOutputs, width);
        Depth = shape.KernelHeight * shape.KernelWidth * shape.GroupInputs;
        long affordable = LargestSums / Math.Max(1, (long)Depth * Panels * width);
        Parts = (int)Math.Clamp(affordable, 1, Math.Clamp(Strips, 1, Chunks));
        PanelBlocks = Math.Min(Panels, Partition.CeilingDivide(Chunks, Parts));
        BlockPanels = Partition.CeilingDivide(Panels, PanelBlocks);
        GradientsInPlace = shape.GroupOutputs <= FewOutputs && shape.GroupOutputs % (width / 2) == 0;
        MergesTaps = shape.KernelWidth > 1 && shape.GroupInputs <= FewChannels;
        CopiesInput = copiesInput || MergesTaps;
        StripPixel = MergesTaps ? shape.GroupInputs : Caches.Apart(shape.GroupInputs);
        StripColumns = ((shape.OutputWidth - 1) * shape.StrideX) + shape.KernelWidth;
        StripLines = ((Lines - 1) * shape.StrideY) + shape.KernelHeight;
        PanelFloats = (nint)Depth * width;
        GradientFloats = GradientsInPlace ? 0 : (nint)Images * Lines * shape.OutputWidth * width;
        StripFloats = CopiesInput ? (nint)StripLines * StripColumns * StripPixel : 0;
        ChunkFloats = (((PanelFloats + GradientFloats) * BlockPanels) + (StripFloats * Images) + 31) / 16 * 16;
    }

    /// <summary>Images of a strip; more than 1 only if it has all their lines.</summary>
    public int Images { get; }

    /// <summary>Lines of output of a strip.</summary>
    public int Lines { get; }

    /// <summary>Strips of one image.</summary>
    public int StripsPerImage { get; }

    /// <summary>Strips of all images.</summary>
    public int Strips { get; }

    /// <summary>Panels of output channels.</summary>
    public int Panels { get; }

    /// <summary>Blocks that panels are divided into, each for a chunk of its own.</summary>
    public int PanelBlocks { get; }

    /// <summary>Panels of the largest block.</summary>
    public int BlockPanels { get; }

    /// <summary>Parts that strips are divided into.</summary>
    public int Parts { get; }

    /// <summary>Rows of the weights of a group: taps times input channels.</summary>
    public int Depth { get; }

    /// <summary>Whether gradients are read where they lie; otherwise panel by panel from a copy.</summary>
    public bool GradientsInPlace { get; }

    /// <summary>Whether tiles read x from a copy with its padding.</summary>
    public bool CopiesInput { get; }

    /// <summary>Whether a tile goes across the taps of a row, whose pixels lie side by side in the copy.</summary>
    public bool MergesTaps { get; }

    /// <summary>Floats of a pixel of the copy.</summary>
    public nint StripPixel { get; }

    /// <summary>Pixels of a line of the copy.</summary>
    public int StripColumns { get; }

    /// <summary>Lines of the copy of an image.</summary>
    public int StripLines { get; }

    /// <summary>Floats of the sums of a panel.</summary>
    public nint PanelFloats { get; }

    /// <summary>Floats of a panel of a strip's gradients.</summary>
    public nint GradientFloats { get; }

    /// <summary>Floats of the copy of one image's part of a strip.</summary>
    public nint StripFloats { get; }

    /// <summary>Floats of scratch memory of one chunk.</summary>
    public nint ChunkFloats { get; }

    /// <summary>First panel of block <paramref name="block"/>.</summary>
    public int FirstPanel(int block) => Partition.Begin(block, PanelBlocks, Panels);
}

/// <summary>Adds up the parts of one panel of the weights' gradient, in order, into dw.</summary>
internal readonly unsafe struct WeightGradientSum<TVec, TLanes>(
    ConvolutionOperands operands,
    int group,
    WeightPlan plan,
    float* memory
) : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <inheritdoc/>
    [MethodImpl(HotMethods.Loop)]
    public void Run(int panel)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        int outputs = operands.Shape.OutputChannels;
        int columns = Math.Min(width, operands.Shape.GroupOutputs - (panel * width));
        int block = 0;
        while (plan.FirstPanel(block + 1) <= panel)
            block++;
        float* sums = memory + (block * plan.ChunkFloats) + ((panel - plan.FirstPanel(block)) * plan.PanelFloats);
        float* target = operands.Weights + (group * operands.Shape.GroupOutputs) + (panel * width);
        nint part = plan.PanelBlocks * plan.ChunkFloats;
        int first = Math.Min(columns, TLanes.Count);
        for (int row = 0; row < plan.Depth; row++)
        {
            Store(target, Total(sums, part), first);
            if (columns > TLanes.Count)
                Store(target + TLanes.Count, Total(sums + TLanes.Count, part), columns - TLanes.Count);
            sums += width;
            target += outputs;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Total(float* sums, nint part)
    {
        TVec total = TLanes.Load(sums);
        for (int i = 1; i < plan.Parts; i++)
            total = TLanes.Add(total, TLanes.Load(sums + (i * part)));
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* target, TVec total, int columns)
    {
        if (columns == TLanes.Count)
            TLanes.Store(target, total);
        else
            TLanes.StorePartial(target, total, columns);
    }
}
