using Evenkeel.Kernels.Reference;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Elementwise;

public sealed class ElementwiseChecksTests
{
    [Fact]
    public void All_checks_pass_on_this_machine()
    {
        using var pool = new WorkerPool(2);
        KernelCheck[] checks =
        [
            .. ActivateChecks.All,
            .. SumChecks.All,
            .. SoftmaxCrossEntropyChecks.All,
            .. OptimizerChecks.All,
            .. GradientNormChecks.All,
        ];
        Assert.NotEmpty(checks);
        foreach (KernelCheck check in checks)
        {
            KernelCheckResult result = check.Run(pool);
            Assert.True(result.Passed, $"{check.Kernel} {check.Shape}: {result.Error} > {result.Tolerance}");
        }
    }
}
