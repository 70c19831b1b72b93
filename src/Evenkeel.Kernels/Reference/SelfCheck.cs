namespace Evenkeel.Kernels.Reference;

/// <summary>Every kernel against its plain double-precision reference, to be run on the machine that will use them.</summary>
public static class SelfCheck
{
    /// <summary>All comparisons, family by family.</summary>
    public static IEnumerable<KernelCheck> All =>
        [
            .. MatrixProductChecks.All,
            .. ConvolutionChecks.All,
            .. BiasGradientChecks.All,
            .. BatchNormChecks.All,
            .. BatchNormAddChecks.All,
            .. LocalResponseNormChecks.All,
            .. GroupNormChecks.All,
            .. ReduceChecks.All,
            .. BilinearChecks.All,
            .. PoolingChecks.All,
            .. DepthwiseConvolutionChecks.All,
            .. ActivateChecks.All,
            .. ActivationBiasChecks.All,
            .. DropoutChecks.All,
            .. RowCopyChecks.All,
            .. SumChecks.All,
            .. SoftmaxCrossEntropyChecks.All,
            .. OptimizerChecks.All,
            .. GradientNormChecks.All,
        ];

    /// <summary>The vector width that kernels use on this machine, in words.</summary>
    public static string VectorWidth => VectorBits == 32 ? "scalar" : $"{VectorBits} bits";

    /// <summary>Bits of the registers that kernels use on this machine; 32 where there are no vectors.</summary>
    public static int VectorBits => Lanes.WidestLanes.Bits;
}
