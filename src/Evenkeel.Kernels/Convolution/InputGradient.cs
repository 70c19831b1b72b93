using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>
/// The gradient of the input at one vector width: for each remainder of the strides a convolution of dy, with stride 1, by the
/// taps that reach the pixels of that remainder.
/// </summary>
internal static unsafe class InputGradient<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>dx = the gradient, or dx += it.</summary>
    public static void Run(WorkerPool pool, in ConvolutionOperands operands, bool accumulates)
    {
        ConvolutionShape s = operands.Shape;
        for (int y = 0; y < s.StrideY; y++)
        {
            var vertical = new GradientPhase(y, s.StrideY, s.PadTop, s.KernelHeight, s.Height);
            for (int x = 0; x < s.StrideX; x++)
            {
                var horizontal = new GradientPhase(x, s.StrideX, s.PadLeft, s.KernelWidth, s.Width);
                for (int group = 0; group < s.Groups; group++)
                    RunPhase(pool, operands, group, vertical, horizontal, accumulates);
            }
        }
    }

    private static void RunPhase(
        WorkerPool pool,
        in ConvolutionOperands operands,
        int group,
        GradientPhase vertical,
        GradientPhase horizontal,
        bool accumulates
    )
    {
        PatchGrid grid = Grid(operands, group, vertical, horizontal);
        if (grid.Places == 0 || (accumulates && grid.Depth == 0))
            return;
        int columns = operands.Shape.GroupInputs;
        int width = TileKernels<TVec, TLanes>.Width;
        int tileRows = TileKernels<TVec, TLanes>.MaxHeight;
        if (WinogradChoice.ForProduct(grid, columns, operands.Method))
        {
            WinogradPlan plan = WinogradPlan.Of(grid, columns, width, tileRows, pool.Threads);
            plan.Accumulates = accumulates;
            Multiply(pool, operands, group, vertical, horizontal, grid, plan);
        }
        else
        {
            PatchPlan plan = PatchPlan.Of(grid, columns, width, tileRows, pool.Threads);
            plan.Accumulates = accumulates;
            Multiply(pool, operands, group, vertical, horizontal, grid, plan);
        }
    }

    private static void Multiply<TPlan>(
        WorkerPool pool,
        in ConvolutionOperands operands,
        int group,
        GradientPhase vertical,
        GradientPhase horizontal,
        in PatchGrid grid,
        TPlan plan
    )
        where TPlan : struct, IProductPlan
    {
        float* memory = (float*)pool.Scratch((plan.WeightFloats + plan.ScratchFloats) * sizeof(float));
        plan.Place(memory, memory + plan.WeightFloats);
        var packing = new TransposedWeightPacking<TVec, TLanes>(
            operands.Shape,
            group,
            vertical,
            horizontal,
            operands.Weights,
            plan.Weights
        );
        plan.Pack<TVec, TLanes, TransposedWeightPacking<TVec, TLanes>>(pool, packing);
        plan.Multiply<TVec, TLanes, NoEpilogue>(pool, grid, null, default);
    }

    private static PatchGrid Grid(
        in ConvolutionOperands operands,
        int group,
        GradientPhase vertical,
        GradientPhase horizontal
    )
    {
        ConvolutionShape s = operands.Shape;
        nint pixel = s.InputChannels;
        var grid = new PatchGrid
        {
            Batch = operands.Batch,
            PlacesY = vertical.Positions,
            PlacesX = horizontal.Positions,
            Source = operands.Y + (group * s.GroupOutputs),
            Height = s.OutputHeight,
            Width = s.OutputWidth,
            PixelStride = operands.YStride,
            Channels = s.GroupOutputs,
            TapsY = vertical.Taps,
            TapsX = horizontal.Taps,
            StepY = 1,
            StepX = 1,
            FirstY = vertical.FirstOutput,
            FirstX = horizontal.FirstOutput,
            Target =
                operands.X + (((vertical.First * (nint)s.Width) + horizontal.First) * pixel) + (group * s.GroupInputs),
            TargetPixel = pixel,
            TargetStepX = s.StrideX * pixel,
            TargetStepY = s.StrideY * s.Width * pixel,
            TargetImage = (nint)s.Height * s.Width * pixel,
        };
        grid.Order = PatchCut.Order(grid);
        return grid;
    }
}
