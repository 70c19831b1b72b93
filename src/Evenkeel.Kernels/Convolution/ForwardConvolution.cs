using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Convolution.Patches;
using Evenkeel.Kernels.Convolution.Winograd;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Reduction;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>The forward pass at one vector width, group after group.</summary>
internal static unsafe class ForwardConvolution<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    // Threads compute groups beside each other where there are enough for even shares, and else one after another.
    private const int GroupsPerThread = 2;

    /// <summary>y = act(conv + bias); <paramref name="bias"/> may be null.</summary>
    public static void Run<TAct>(WorkerPool pool, TAct act, in ConvolutionOperands operands, float* bias)
        where TAct : struct, IActivation
    {
        var epilogue = new ActivationEpilogue<TAct>(act);
        for (int group = 0; group < operands.Shape.Groups; group++)
        {
            PatchGrid grid = Grid(operands, group);
            float* groupBias = bias == null ? null : bias + (group * operands.Shape.GroupOutputs);
            ConvolutionMethod method = Method(grid, operands);
            if (method != ConvolutionMethod.Direct)
                Run(pool, operands, group, grid, Winograd(pool, grid, operands.Shape, method), groupBias, epilogue);
            else
                Run(pool, operands, group, grid, Direct(pool, grid, operands.Shape), groupBias, epilogue);
        }
    }

    /// <summary>y = conv, and the statistics of y.</summary>
    public static void RunWithStatistics(WorkerPool pool, in ConvolutionOperands operands, in ChannelMoments moments)
    {
        int channels = operands.Shape.GroupOutputs;
        for (int group = 0; group < operands.Shape.Groups; group++)
        {
            PatchGrid grid = Grid(operands, group);
            ChannelMoments part = moments.Slice(group * channels, channels);
            ConvolutionMethod method = Method(grid, operands);
            if (method != ConvolutionMethod.Direct)
                RunWithStatistics(pool, operands, group, grid, Winograd(pool, grid, operands.Shape, method), part);
            else
                RunWithStatistics(pool, operands, group, grid, Direct(pool, grid, operands.Shape), part);
        }
    }

    /// <summary>Floats of the packed weights of one group.</summary>
    public static nuint PackedFloats(WorkerPool pool, in ConvolutionOperands operands)
    {
        PatchGrid grid = Grid(operands, 0);
        ConvolutionMethod method = Method(grid, operands);
        return method != ConvolutionMethod.Direct
            ? Winograd(pool, grid, operands.Shape, method).WeightFloats
            : Direct(pool, grid, operands.Shape).WeightFloats;
    }

    /// <summary>Packs the weights of every group, one after another.</summary>
    public static void Pack(WorkerPool pool, in ConvolutionOperands operands, float* packed)
    {
        for (int group = 0; group < operands.Shape.Groups; group++)
        {
            PatchGrid grid = Grid(operands, group);
            ConvolutionMethod method = Method(grid, operands);
            if (method != ConvolutionMethod.Direct)
                packed = Pack(pool, operands, group, Winograd(pool, grid, operands.Shape, method), packed);
            else
                packed = Pack(pool, operands, group, Direct(pool, grid, operands.Shape), packed);
        }
    }

    /// <summary>y = act(conv + bias) by packed weights; <paramref name="bias"/> may be null.</summary>
    public static void RunPacked<TAct>(
        WorkerPool pool,
        TAct act,
        in ConvolutionOperands operands,
        float* packed,
        float* bias
    )
        where TAct : struct, IActivation
    {
        var epilogue = new ActivationEpilogue<TAct>(act);
        if (operands.Shape.Groups >= GroupsPerThread * pool.Active)
        {
            RunGroups(pool, operands, packed, bias, epilogue);
            return;
        }

        for (int group = 0; group < operands.Shape.Groups; group++)
        {
            PatchGrid grid = Grid(operands, group);
            float* groupBias = bias == null ? null : bias + (group * operands.Shape.GroupOutputs);
            ConvolutionMethod method = Method(grid, operands);
            packed =
                method != ConvolutionMethod.Direct
                    ? MultiplyPacked(
                        pool,
                        grid,
                        Winograd(pool, grid, operands.Shape, method),
                        packed,
                        groupBias,
                        epilogue
                    )
                    : MultiplyPacked(pool, grid, Direct(pool, grid, operands.Shape), packed, groupBias, epilogue);
        }
    }

    private static void RunGroups<TEpilogue>(
        WorkerPool pool,
        in ConvolutionOperands operands,
        float* packed,
        float* bias,
        TEpilogue epilogue
    )
        where TEpilogue : struct, ITileEpilogue
    {
        PatchGrid grid = Grid(operands, 0);
        ConvolutionMethod method = Method(grid, operands);
        int columns = operands.Shape.GroupOutputs;
        if (method == ConvolutionMethod.Direct)
        {
            PatchPlan plan = PatchPlan.Of<TVec, TLanes>(grid, columns, 1);
            GroupedProduct<TVec, TLanes, PatchPlan, TEpilogue>.Run(pool, operands, grid, plan, packed, bias, epilogue);
        }
        else
        {
            WinogradPlan plan = WinogradPlan.Of<TVec, TLanes>(grid, columns, method, 1);
            GroupedProduct<TVec, TLanes, WinogradPlan, TEpilogue>.Run(
                pool,
                operands,
                grid,
                plan,
                packed,
                bias,
                epilogue
            );
        }
    }

    private static void Run<TPlan, TEpilogue>(
        WorkerPool pool,
        in ConvolutionOperands operands,
        int group,
        in PatchGrid grid,
        TPlan plan,
        float* bias,
        TEpilogue epilogue
    )
        where TPlan : struct, IProductPlan
        where TEpilogue : struct, ITileEpilogue
    {
        using Scratch lent = pool.Scratch((plan.WeightFloats + plan.ScratchFloats) * sizeof(float));
        float* memory = (float*)lent.Pointer;
        plan.Place(memory, memory + plan.WeightFloats);
        Multiply(pool, operands, group, grid, plan, bias, epilogue);
    }

    [SkipLocalsInit]
    private static void RunWithStatistics<TPlan>(
        WorkerPool pool,
        in ConvolutionOperands operands,
        int group,
        in PatchGrid grid,
        TPlan plan,
        in ChannelMoments moments
    )
        where TPlan : struct, IProductPlan
    {
        int padded = Partition.CeilingDivide(moments.Mean.Length, 16) * 16;
        nuint statistics = (((nuint)plan.Groups * StatisticsEpilogue.GroupBytes(padded)) + 63) & ~(nuint)63;
        nuint floats = plan.WeightFloats + plan.ScratchFloats;
        using Scratch lent = pool.Scratch(statistics + (floats * sizeof(float)));
        byte* memory = lent.Pointer;
        float* weights = (float*)(memory + statistics);
        plan.Place(weights, weights + plan.WeightFloats);
        var epilogue = new StatisticsEpilogue(memory, padded);
        Multiply(pool, operands, group, grid, plan, null, epilogue);
        Span<int> rows = stackalloc int[PatchPlan.MostGroups];
        rows = rows[..plan.Groups];
        for (int i = 0; i < rows.Length; i++)
            rows[i] = plan.GroupPositions(i, grid);
        epilogue.Finish(rows, moments);
    }

    private static void Multiply<TPlan, TEpilogue>(
        WorkerPool pool,
        in ConvolutionOperands operands,
        int group,
        in PatchGrid grid,
        in TPlan plan,
        float* bias,
        TEpilogue epilogue
    )
        where TPlan : struct, IProductPlan
        where TEpilogue : struct, ITileEpilogue
    {
        var packing = new WeightPacking<TVec, TLanes>(operands.Shape, group, operands.Weights, plan.Weights);
        plan.Pack<TVec, TLanes, WeightPacking<TVec, TLanes>>(pool, packing);
        plan.Multiply<TVec, TLanes, TEpilogue>(pool, grid, bias, epilogue);
    }

    // Both return where the next group's weights begin.
    private static float* Pack<TPlan>(
        WorkerPool pool,
        in ConvolutionOperands operands,
        int group,
        TPlan plan,
        float* packed
    )
        where TPlan : struct, IProductPlan
    {
        using Scratch lent = pool.Scratch(plan.ScratchFloats * sizeof(float));
        plan.Place(packed, (float*)lent.Pointer);
        var packing = new WeightPacking<TVec, TLanes>(operands.Shape, group, operands.Weights, plan.Weights);
        plan.Pack<TVec, TLanes, WeightPacking<TVec, TLanes>>(pool, packing);
        return packed + plan.WeightFloats;
    }

    private static float* MultiplyPacked<TPlan, TEpilogue>(
        WorkerPool pool,
        in PatchGrid grid,
        TPlan plan,
        float* packed,
        float* bias,
        TEpilogue epilogue
    )
        where TPlan : struct, IProductPlan
        where TEpilogue : struct, ITileEpilogue
    {
        using Scratch lent = pool.Scratch(plan.ScratchFloats * sizeof(float));
        plan.Place(packed, (float*)lent.Pointer);
        plan.Multiply<TVec, TLanes, TEpilogue>(pool, grid, bias, epilogue);
        return packed + plan.WeightFloats;
    }

    /// <summary>How the outputs of a group are computed.</summary>
    public static ConvolutionMethod Method(in PatchGrid grid, in ConvolutionOperands operands) =>
        WinogradChoice.ForProduct(grid, operands.Shape.GroupOutputs, operands.Method);

    /// <summary>The plan of a product by minimal filtering.</summary>
    public static WinogradPlan Winograd(
        WorkerPool pool,
        in PatchGrid grid,
        in ConvolutionShape shape,
        ConvolutionMethod method
    ) => WinogradPlan.Of<TVec, TLanes>(grid, shape.GroupOutputs, method, pool.Active);

    /// <summary>The plan of a plain product.</summary>
    public static PatchPlan Direct(WorkerPool pool, in PatchGrid grid, in ConvolutionShape shape) =>
        PatchPlan.Of<TVec, TLanes>(grid, shape.GroupOutputs, pool.Active);

    /// <summary>The positions of the outputs of group <paramref name="group"/>.</summary>
    public static PatchGrid Grid(in ConvolutionOperands operands, int group)
    {
        ConvolutionShape s = operands.Shape;
        var grid = new PatchGrid
        {
            Batch = operands.Batch,
            PositionsY = s.OutputHeight,
            PositionsX = s.OutputWidth,
            Source = operands.X + (group * s.GroupInputs),
            Norm = operands.Norm,
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
