namespace Evenkeel;

/// <summary>The most probable class of an example.</summary>
/// <param name="Class">The class, from 0.</param>
/// <param name="Probability">In [0, 1].</param>
public readonly record struct Classification(int Class, double Probability)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"class {Class} ({Probability:P1})");
}
