namespace Evenkeel.Cli.Claims.Measuring;

/// <summary>What a measurement says about a claim.</summary>
internal enum Verdict
{
    /// <summary>The figures show what the claim says.</summary>
    Holds,

    /// <summary>Some of it shows.</summary>
    HoldsInPart,

    /// <summary>The figures show the opposite, or nothing where it should show.</summary>
    DoesNotHold,

    /// <summary>The networks and the data are too small to tell.</summary>
    CannotBeSeen,
}

/// <summary>Verdicts as people read them.</summary>
internal static class Verdicts
{
    public static string Words(this Verdict verdict) =>
        verdict switch
        {
            Verdict.Holds => "holds",
            Verdict.HoldsInPart => "holds in part",
            Verdict.DoesNotHold => "does not hold here",
            _ => "cannot be seen at this scale",
        };
}
