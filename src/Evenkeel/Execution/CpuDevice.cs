using Evenkeel.Kernels.Threading;

namespace Evenkeel.Execution;

/// <summary>The processors of this machine.</summary>
internal sealed class CpuDevice(int threads) : Device
{
    /// <inheritdoc/>
    public override string Name => $"CPU, {Threads} {(Threads == 1 ? "thread" : "threads")}";

    /// <inheritdoc/>
    public override int Threads => Pool.Threads;

    /// <inheritdoc/>
    internal override WorkerPool Pool { get; } = new(threads);

    /// <inheritdoc/>
    private protected override void End() => Pool.Dispose();
}
