namespace Evenkeel.Kernels.Reference;

/// <summary>Kernels against their plain double-precision references, to be run on the machine that will use them.</summary>
public static class KernelChecks
{
    /// <summary>All comparisons, family by family.</summary>
    public static IEnumerable<KernelCheck> All =>
        [.. BatchNormChecks.All, .. BatchNormAddChecks.All, .. OptimizerChecks.All, .. GradientNormChecks.All];
}
