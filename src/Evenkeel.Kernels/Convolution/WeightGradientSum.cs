using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

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
    [MethodImpl(HotMethods.Compilation)]
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
