using Evenkeel.Kernels.Reference;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Reference;

public sealed class KernelChecksTests
{
    [Fact]
    public void Every_kernel_passes_on_this_machine()
    {
        using var pool = new WorkerPool(2);
        foreach (KernelCheck check in KernelChecks.All)
        {
            KernelCheckResult result = check.Run(pool);
            Assert.True(result.Passed, $"{check.Kernel} {check.Shape}: {result.Error} > {result.Tolerance}");
        }
    }
}
