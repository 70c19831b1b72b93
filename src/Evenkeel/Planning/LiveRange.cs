namespace Evenkeel.Planning;

/// <summary>The steps between which a buffer holds something that is still needed.</summary>
/// <param name="First">Index of the step that first writes it.</param>
/// <param name="Last">Index of the last step that reads or writes it; the number of steps if it is read after the run.</param>
internal readonly record struct LiveRange(int First, int Last)
{
    /// <summary>A buffer that no step touches.</summary>
    public static LiveRange None => new(int.MaxValue, -1);

    /// <summary>Whether any step touches the buffer.</summary>
    public bool Exists => Last >= First;

    /// <summary>Whether both are needed at some step.</summary>
    public bool Overlaps(LiveRange other) => Exists && other.Exists && First <= other.Last && other.First <= Last;
}
