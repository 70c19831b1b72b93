using Evenkeel.Kernels.Reference;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Reference;

public sealed class SelfCheckTests
{
    [Fact]
    public void Every_kernel_passes_on_this_machine()
    {
        using var pool = new WorkerPool(2);
        foreach (KernelCheck check in SelfCheck.All)
        {
            KernelCheckResult result = check.Run(pool);
            Assert.True(result.Passed, $"{check.Kernel} {check.Shape}: {result.Error} > {result.Tolerance}");
        }
    }

    [Theory]
    [InlineData("Normalize, GradientSums+residual+Relu")]
    [InlineData("LocalResponseNorm 5, beta 0.75")]
    [InlineData("MaxPooling")]
    [InlineData("AveragePooling.Forward RealPixels")]
    [InlineData("AveragePooling.Backward Window")]
    [InlineData("GlobalAveragePooling")]
    [InlineData("DepthwiseConvolution.GradientToWeights")]
    [InlineData("ActivationBias.Backward+Relu")]
    [InlineData("Dropout")]
    [InlineData("RowCopy")]
    public void Kernels_of_convolutional_networks_are_among_them(string kernel) =>
        Assert.Contains(SelfCheck.All, check => check.Kernel == kernel);
}
