namespace Evenkeel.Bench.Hostile;

/// <summary>
/// Surroundings or a file made to hurt, and what is right. The command is one of bash, in a folder of its own, with the files of
/// <see cref="HostileBase"/> in $BASE; $TOOL is the built tool and $LIB the library's trials in a process of their own.
/// </summary>
/// <param name="Kind">The kind of fault that it looks for, in words.</param>
/// <param name="Name">What is done.</param>
/// <param name="Command">How.</param>
/// <param name="Exits">Exit codes that are right.</param>
internal sealed record HostileTrial(string Kind, string Name, string Command, params int[] Exits)
{
    /// <summary>Makes the files that the command reads.</summary>
    public Action<string> Prepare { get; init; } = _ => { };

    /// <summary>What its output must say.</summary>
    public string Says { get; init; } = "";

    /// <summary>Most processor seconds beyond those of a bare start.</summary>
    public double MostSeconds { get; init; } = 2;

    /// <summary>Most seconds until it counts as never ending.</summary>
    public double Patience { get; init; } = 60;

    /// <summary>Most MiB beyond those of a bare start.</summary>
    public long MostMebibytes { get; init; } = 64;

    /// <summary>What is wrong with the folder afterwards; null if nothing is.</summary>
    public Func<string, string?> After { get; init; } = _ => null;

    /// <summary>Why it cannot be made here; null if it can.</summary>
    public string? Skipped { get; init; }
}
