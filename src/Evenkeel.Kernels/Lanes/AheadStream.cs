namespace Evenkeel.Kernels.Lanes;

/// <summary>
/// Memory that is read soon. A product asks for a little of it with every step, so that it arrives while registers are multiplied: a core waits for
/// all of what it asks for at once beyond some twenty lines. 1x1 convolutions of maps that no cache holds take 0.7 to 0.8 of the time with it on Zen 4.
/// </summary>
internal unsafe struct AheadStream
{
    private readonly float* _end;

    private AheadStream(float* next, nint step, float* end)
    {
        Next = next;
        Step = step;
        _end = end;
    }

    /// <summary>What the next step asks for.</summary>
    public float* Next { get; private set; }

    /// <summary>Floats that a step goes on by; 0 once there is nothing more to ask for.</summary>
    public nint Step { get; private set; }

    /// <summary>Asks for <paramref name="floats"/> floats in equal parts over <paramref name="steps"/> steps.</summary>
    public static AheadStream Of(float* begin, nint floats, nint steps) =>
        new(begin, (floats + steps - 1) / Math.Max(1, steps), begin + floats);

    /// <summary>Asks for nothing but <paramref name="near"/>, which is in the cache.</summary>
    public static AheadStream None(void* near) => new((float*)near, 0, null);

    /// <summary>Goes on behind what so many steps asked for.</summary>
    public void Pass(nint steps)
    {
        Next += Step * steps;
        if (Next >= _end)
            Step = 0;
    }
}
