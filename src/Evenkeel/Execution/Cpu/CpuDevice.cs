using Evenkeel.Kernels.Threading;
using Evenkeel.Planning;
using Evenkeel.Rewrites;

namespace Evenkeel.Execution.Cpu;

/// <summary>The processors of this machine.</summary>
internal sealed class CpuDevice(int threads) : Device
{
    private readonly WorkerPool _pool = new(threads);

    /// <inheritdoc/>
    public override string Name => $"CPU, {Threads} {(Threads == 1 ? "thread" : "threads")}";

    /// <inheritdoc/>
    public override int Threads => _pool.Threads;

    /// <inheritdoc/>
    internal override IReadOnlyList<RewriteRule> DeviceRules => RuleSet.Cpu;

    /// <inheritdoc/>
    internal override Program Compile(ExecutionPlan plan, Bindings bindings, Constants? constants = null) =>
        new CpuProgram(plan, bindings, _pool, (PackedWeights?)constants);

    /// <inheritdoc/>
    internal override Constants Prepare(ExecutionPlan plan, Model model) => new PackedWeights(plan, model, _pool);

    /// <inheritdoc/>
    private protected override void End() => _pool.Dispose();
}
