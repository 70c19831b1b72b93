namespace Evenkeel.Testing.Fuzzing;

/// <summary>One damaged file; the same numbers make the same file.</summary>
/// <param name="Target">The reader.</param>
/// <param name="Damage">The way of damaging.</param>
/// <param name="Seed">Which series of files.</param>
/// <param name="Number">Which of the series, 0 and up.</param>
public sealed record FuzzCase(FuzzTarget Target, FuzzDamage Damage, int Seed, int Number)
{
    /// <summary>The file.</summary>
    public byte[] Content() =>
        Damage.Of(Target.Files[Number % Target.Files.Count], new Random(unchecked((Seed * 1_000_003) + Number)));

    /// <inheritdoc/>
    public override string ToString() => $"{Target.Name}-{Damage.Name}-{Seed}-{Number}";
}
