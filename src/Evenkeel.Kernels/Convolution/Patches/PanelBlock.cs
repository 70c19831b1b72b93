namespace Evenkeel.Kernels.Convolution.Patches;

/// <summary>Panels of weights that are in the caches together.</summary>
internal readonly struct PanelBlock(int first, int count, in PatchPlan plan)
{
    /// <summary>The first panel.</summary>
    public int First { get; } = first;

    /// <summary>Its first column.</summary>
    public int FirstColumn { get; } = first * plan.Width;

    /// <summary>Columns of all.</summary>
    public int Columns { get; } = Math.Min(plan.Columns - (first * plan.Width), count * plan.Width);
}
