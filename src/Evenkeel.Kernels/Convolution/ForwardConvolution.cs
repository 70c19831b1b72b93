using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>The forward pass at one vector width, group after group.</summary>
internal static unsafe class ForwardConvolution<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>y = act(conv + bias); <paramref name="bias"/> may be null.</summary>
    public static void Run<TAct>(WorkerPool pool, TAct act, in ConvolutionOperands operands, float* bias)
        where TAct : struct, IActivation
    {
        for (int group = 0; group < operands.Shape.Groups; group++)
        {
            PatchGrid grid = Grid(operands, group);
            PatchPlan plan = Plan(pool, grid, operands.Shape);
            plan.Place((float*)pool.Scratch(plan.Floats * sizeof(float)));
            float* groupBias = bias == null ? null : bias + (group * operands.Shape.GroupOutputs);
            Multiply(pool, operands, group, grid, plan, groupBias, new ActivationEpilogue<TAct>(act));
        }
    }

    /// <summary>y = conv, and the statistics of y.</summary>
    [SkipLocalsInit]
    public static void RunWithStatistics(
        WorkerPool pool,
        in ConvolutionOperands operands,
        Span<double> mean,
        Span<double> variance
    )
    {
        int channels = operands.Shape.GroupOutputs;
        int padded = Partition.CeilingDivide(channels, 16) * 16;
        Span<int> groupRows = stackalloc int[PatchPlan.MostGroups];
        for (int group = 0; group < operands.Shape.Groups; group++)
        {
            PatchGrid grid = Grid(operands, group);
            PatchPlan plan = Plan(pool, grid, operands.Shape);
            nuint statistics = (((nuint)plan.Groups * StatisticsEpilogue.GroupBytes(padded)) + 63) & ~(nuint)63;
            byte* memory = (byte*)pool.Scratch(statistics + (plan.Floats * sizeof(float)));
            plan.Place((float*)(memory + statistics));
            var epilogue = new StatisticsEpilogue(memory, padded);
            Multiply(pool, operands, group, grid, plan, null, epilogue);
            Span<int> rows = groupRows[..plan.Groups];
            for (int i = 0; i < rows.Length; i++)
                rows[i] = plan.GroupPlaces(i, grid);
            int first = group * channels;
            epilogue.Finish(channels, rows, mean[first..], variance[first..]);
        }
    }

    private static void Multiply<TEpilogue>(
        WorkerPool pool,
        in ConvolutionOperands operands,
        int group,
        in PatchGrid grid,
        in PatchPlan plan,
        float* bias,
        TEpilogue epilogue
    )
        where TEpilogue : struct, ITileEpilogue
    {
        var packing = new WeightPacking<TVec, TLanes>(operands.Shape, group, operands.Weights, plan);
        pool.For(plan.Panels, ref packing);
        new PatchProduct<TVec, TLanes, TEpilogue>(grid, plan, bias, epilogue).Run(pool);
    }

    private static PatchPlan Plan(WorkerPool pool, in PatchGrid grid, in ConvolutionShape shape) =>
        PatchPlan.Of(
            grid,
            shape.GroupOutputs,
            TileKernels<TVec, TLanes>.Width,
            TileKernels<TVec, TLanes>.MaxHeight,
            pool.Threads
        );

    private static PatchGrid Grid(in ConvolutionOperands operands, int group)
    {
        ConvolutionShape s = operands.Shape;
        var grid = new PatchGrid
        {
            Batch = operands.Batch,
            PlacesY = s.OutputHeight,
            PlacesX = s.OutputWidth,
            Source = operands.X + (group * s.GroupInputs),
            Height = s.Height,
            Width = s.Width,
            PixelStride = s.InputChannels,
            Channels = s.GroupInputs,
            TapsY = s.KernelHeight,
            TapsX = s.KernelWidth,
            StepY = s.StrideY,
            StepX = s.StrideX,
            FirstY = -s.PadTop,
            FirstX = -s.PadLeft,
            Target = operands.Y + (group * s.GroupOutputs),
            TargetPixel = operands.YStride,
            TargetStepX = operands.YStride,
            TargetStepY = operands.YStride * s.OutputWidth,
            TargetImage = operands.YStride * s.OutputWidth * s.OutputHeight,
        };
        grid.Order = PatchCut.Order(grid);
        return grid;
    }
}
