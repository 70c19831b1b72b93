using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>The gradient of the weights of every group.</summary>
internal readonly unsafe struct WinogradWeightPass<TVec, TLanes>(
    WorkerPool pool,
    ConvolutionOperands operands,
    WinogradCut cut
) : IWinogradAction<TVec>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <inheritdoc/>
    public void Run<TFilter>()
        where TFilter : struct, IWinogradFilter<TVec>
    {
        ConvolutionShape s = operands.Shape;
        for (int group = 0; group < s.Groups; group++)
        {
            PatchGrid grid = InputPhases.Of(ForwardConvolution<TVec, TLanes>.Grid(operands, group));
            int width = TileKernels<TVec, TLanes>.Width;
            var plan = new WinogradWeightPlan(grid, s.GroupOutputs, cut, width, pool.Active);
            nint floats = WinogradWeightGradient<TVec, TLanes, TFilter>.Floats(grid, plan, pool.Active);
            using Scratch lent = pool.Scratch((nuint)floats * sizeof(float));
            float* memory = (float*)lent.Pointer;
            var work = new WinogradWeightGradient<TVec, TLanes, TFilter>(
                grid,
                plan,
                s.GroupOutputs,
                memory,
                pool.Active
            );
            pool.For(plan.Parts * plan.PanelBlocks, ref work);
            float* target = operands.Weights + (group * s.GroupOutputs);
            var sum = new WinogradWeightSum<TVec, TLanes, TFilter>(s, plan, work.Sums, target);
            pool.For(sum.Chunks, ref sum);
        }
    }
}

/// <summary>Adds up the parts of the sums of each weight, in order, and transforms them to the gradients of taps.</summary>
internal readonly unsafe struct WinogradWeightSum<TVec, TLanes, TFilter>(
    ConvolutionShape shape,
    WinogradWeightPlan plan,
    float* sums,
    float* target
) : IChunkWork
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where TFilter : struct, IWinogradFilter<TVec>
{
    // Input channels of a chunk.
    private const int ChunkRows = 32;

    /// <summary>Pieces of work.</summary>
    public int Chunks => plan.Panels * RowBlocks;

    private int RowBlocks => Partition.CeilingDivide(plan.Channels, ChunkRows);

    /// <inheritdoc/>
    [MethodImpl(HotMethods.Loop)]
    public void Run(int chunk)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        (int panel, int block) = Math.DivRem(chunk, RowBlocks);
        int columns = Math.Min(width, shape.GroupOutputs - (panel * width));
        int end = Math.Min(plan.Channels, (block + 1) * ChunkRows);
        for (int row = block * ChunkRows; row < end; row++)
        {
            float* from = sums + (panel * plan.PanelFloats) + (row * width);
            for (int i = 0; i < columns; i += TLanes.Count)
            {
                Transform(from + i);
                StoreTaps(from + i, row, (panel * width) + i, Math.Min(TLanes.Count, columns - i));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Transform(float* from)
    {
        for (int plane = 0; plane < plan.Cut.Planes && plan.Parts > 1; plane++)
            AddParts(from + (plane * plan.SumPlane));
        TFilter.WeightGradient(from, plan.SumPlane);
    }

    // A row is a channel of a phase of a tap, and the kernel may not have it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StoreTaps(float* from, int row, int column, int lanes)
    {
        (int phase, int channel) = Math.DivRem(row, shape.GroupInputs);
        (int phaseY, int phaseX) = Math.DivRem(phase, shape.StrideY);
        for (int line = 0; line < TFilter.Taps; line++)
        {
            int y = (line * shape.StrideY) + phaseY;
            for (int tap = 0; tap < TFilter.Taps; tap++)
            {
                int x = (tap * shape.StrideX) + phaseX;
                if (y >= shape.KernelHeight || x >= shape.KernelWidth)
                    continue;
                nint place =
                    (((((nint)y * shape.KernelWidth) + x) * shape.GroupInputs) + channel) * shape.OutputChannels;
                Store(
                    target + place + column,
                    TLanes.Load(from + (((line * TFilter.Window) + tap) * plan.SumPlane)),
                    lanes
                );
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddParts(float* sum)
    {
        TVec total = TLanes.Load(sum);
        for (int part = 1; part < plan.Parts; part++)
            total = TLanes.Add(total, TLanes.Load(sum + (part * plan.PartFloats)));
        TLanes.Store(sum, total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, TVec value, int lanes)
    {
        if (lanes == TLanes.Count)
            TLanes.Store(to, value);
        else
            TLanes.StorePartial(to, value, lanes);
    }
}
