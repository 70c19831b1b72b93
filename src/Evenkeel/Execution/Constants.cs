namespace Evenkeel.Execution;

/// <summary>Weights that do not change any more, in the order in which a device's kernels read them; shared by programs of one plan.</summary>
internal abstract class Constants : IDisposable
{
    /// <inheritdoc/>
    public abstract void Dispose();
}
