namespace Evenkeel.Testing.Fuzzing;

/// <summary>A reader of files under test.</summary>
/// <param name="Name">The format.</param>
/// <param name="Files">Whole files to be damaged.</param>
/// <param name="Read">Reads a file by its path, and goes on to use what it read.</param>
/// <param name="IsClear">Whether an exception is one that the reader documents.</param>
public sealed record FuzzTarget(
    string Name,
    IReadOnlyList<byte[]> Files,
    Action<string> Read,
    Func<Exception, bool> IsClear
)
{
    /// <summary>The ways of damaging its files.</summary>
    public IReadOnlyList<FuzzDamage> Damages { get; init; } = [FuzzDamage.Bytes];

    /// <summary>Files that lie in the same folder, by name.</summary>
    public IReadOnlyDictionary<string, byte[]> Beside { get; init; } = new Dictionary<string, byte[]>();

    /// <summary>Whether it is read by a library of the system, whose memory only the process shows.</summary>
    public bool IsNative { get; init; }
}

/// <summary>A way of damaging files.</summary>
/// <param name="Name">What is damaged.</param>
/// <param name="Of">A damaged copy: the same random numbers, the same damage.</param>
public sealed record FuzzDamage(string Name, Func<byte[], Random, byte[]> Of)
{
    /// <summary>Any bytes, whatever they mean.</summary>
    public static FuzzDamage Bytes { get; } = new("bytes", FileMutation.Damage);

    /// <summary>What the format is made of, written again so that the reader gets past lengths and checksums.</summary>
    public static FuzzDamage Structure(Func<byte[], Random, byte[]> damage) => new("structure", damage);
}
