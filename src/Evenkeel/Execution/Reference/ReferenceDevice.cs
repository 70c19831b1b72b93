using Evenkeel.Planning;
using Evenkeel.Rewrites;

namespace Evenkeel.Execution.Reference;

/// <summary>Plain loops in double precision on one thread, without rules of its own and without anything prepared.</summary>
internal sealed class ReferenceDevice : Device
{
    /// <inheritdoc/>
    public override string Name => "reference, double precision";

    /// <inheritdoc/>
    public override int Threads => 1;

    /// <inheritdoc/>
    internal override IReadOnlyList<RewriteRule> DeviceRules => [];

    /// <inheritdoc/>
    internal override Program Compile(ExecutionPlan plan, Bindings bindings, Constants? constants = null) =>
        new ReferenceProgram(plan, bindings);

    /// <inheritdoc/>
    internal override Constants? Prepare(ExecutionPlan plan, Model model) => null;
}
