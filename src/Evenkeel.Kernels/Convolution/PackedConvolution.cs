using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Convolution;

/// <summary>The forward pass by weights that were packed before, at one vector width.</summary>
internal static unsafe class PackedConvolution<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>Floats of the packed weights of one group.</summary>
    public static nuint FloatsPerGroup(WorkerPool pool, in ConvolutionOperands operands)
    {
        PatchGrid grid = ForwardConvolution<TVec, TLanes>.Grid(operands, 0);
        return ForwardConvolution<TVec, TLanes>.UsesWinograd(grid, operands)
            ? ForwardConvolution<TVec, TLanes>.Winograd(pool, grid, operands.Shape).WeightFloats
            : ForwardConvolution<TVec, TLanes>.Direct(pool, grid, operands.Shape).WeightFloats;
    }

    /// <summary>Packs the weights of every group, one after another.</summary>
    public static void Pack(WorkerPool pool, in ConvolutionOperands operands, float* packed)
    {
        for (int group = 0; group < operands.Shape.Groups; group++)
        {
            PatchGrid grid = ForwardConvolution<TVec, TLanes>.Grid(operands, group);
            if (ForwardConvolution<TVec, TLanes>.UsesWinograd(grid, operands))
                packed = Pack(
                    pool,
                    operands,
                    group,
                    ForwardConvolution<TVec, TLanes>.Winograd(pool, grid, operands.Shape),
                    packed
                );
            else
                packed = Pack(
                    pool,
                    operands,
                    group,
                    ForwardConvolution<TVec, TLanes>.Direct(pool, grid, operands.Shape),
                    packed
                );
        }
    }

    /// <summary>y = act(conv + bias); <paramref name="bias"/> may be null.</summary>
    public static void Run<TAct>(WorkerPool pool, TAct act, in ConvolutionOperands operands, float* packed, float* bias)
        where TAct : struct, IActivation
    {
        var epilogue = new ActivationEpilogue<TAct>(act);
        for (int group = 0; group < operands.Shape.Groups; group++)
        {
            PatchGrid grid = ForwardConvolution<TVec, TLanes>.Grid(operands, group);
            float* groupBias = bias == null ? null : bias + (group * operands.Shape.GroupOutputs);
            packed = ForwardConvolution<TVec, TLanes>.UsesWinograd(grid, operands)
                ? Multiply(
                    pool,
                    grid,
                    ForwardConvolution<TVec, TLanes>.Winograd(pool, grid, operands.Shape),
                    packed,
                    groupBias,
                    epilogue
                )
                : Multiply(
                    pool,
                    grid,
                    ForwardConvolution<TVec, TLanes>.Direct(pool, grid, operands.Shape),
                    packed,
                    groupBias,
                    epilogue
                );
        }
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
        plan.Place(packed, (float*)pool.Scratch(plan.ScratchFloats * sizeof(float)));
        var packing = new WeightPacking<TVec, TLanes>(operands.Shape, group, operands.Weights, plan.Weights);
        plan.Pack<TVec, TLanes, WeightPacking<TVec, TLanes>>(pool, packing);
        return packed + plan.WeightFloats;
    }

    private static float* Multiply<TPlan, TEpilogue>(
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
        plan.Place(packed, (float*)pool.Scratch(plan.ScratchFloats * sizeof(float)));
        plan.Multiply<TVec, TLanes, TEpilogue>(pool, grid, bias, epilogue);
        return packed + plan.WeightFloats;
    }
}
