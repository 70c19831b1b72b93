namespace Evenkeel.Kernels.Pooling;

/// <summary>Windows along one axis of an image.</summary>
/// <param name="Input">Pixels.</param>
/// <param name="Output">Windows.</param>
/// <param name="Window">Pixels of a window, padding included.</param>
/// <param name="Stride">Pixels from one window to the next.</param>
/// <param name="Pad">Pixels of padding before the first.</param>
internal readonly record struct PoolingAxis(int Input, int Output, int Window, int Stride, int Pad)
{
    /// <summary>Requires that every window covers at least one pixel.</summary>
    public void Validate(string word)
    {
        if (Input < 1 || Output < 1 || Window < 1 || Stride < 1 || Pad < 0)
            throw new ArgumentException(
                $"Windows {Window} {word} at stride {Stride} and padding {Pad}, {Output} of them over {Input} pixels: "
                    + "sizes must be positive and the padding not negative."
            );
        if (Pad >= Window)
            throw new ArgumentException(
                $"The first window, {Window} {word}, lies in a padding of {Pad} altogether; pad less."
            );
        if (((long)(Output - 1) * Stride) - Pad >= Input)
            throw new ArgumentException(
                $"The last of {Output} windows, {Window} {word} at stride {Stride}, begins behind the {Input} pixels; "
                    + "the output is too large."
            );
    }

    /// <summary>Where window <paramref name="o"/> begins, negative in the padding.</summary>
    public int Start(int o) => (o * Stride) - Pad;

    /// <summary>The first pixel of window <paramref name="o"/>.</summary>
    public int First(int o) => Math.Max(0, Start(o));

    /// <summary>The end of the pixels of window <paramref name="o"/>.</summary>
    public int End(int o) => Math.Min(Input, Start(o) + Window);

    /// <summary>The first window that covers pixel <paramref name="i"/>.</summary>
    public int FirstWindow(int i)
    {
        int beyond = i + Pad - Window;
        return beyond < 0 ? 0 : (beyond / Stride) + 1;
    }

    /// <summary>The end of the windows that cover pixel <paramref name="i"/>; not above the first if there are none.</summary>
    public int EndWindow(int i) => Math.Min(Output, ((i + Pad) / Stride) + 1);
}
