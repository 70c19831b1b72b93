using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Pooling;

/// <summary>
/// Windows over images of [height, width, channels]. Padding at the bottom and on the right follows from the output size:
/// windows may reach past the border, but each must cover at least one real pixel.
/// </summary>
public readonly record struct PoolingShape
{
    /// <summary>Rows of an input image.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of an input image.</summary>
    public required int Width { get; init; }

    /// <summary>Channels of both images.</summary>
    public required int Channels { get; init; }

    /// <summary>Rows of a window.</summary>
    public required int WindowHeight { get; init; }

    /// <summary>Columns of a window.</summary>
    public required int WindowWidth { get; init; }

    /// <summary>Rows from one window to the next.</summary>
    public int StrideY { get; init; } = 1;

    /// <summary>Columns from one window to the next.</summary>
    public int StrideX { get; init; } = 1;

    /// <summary>Rows of padding above the image.</summary>
    public int PadTop { get; init; }

    /// <summary>Columns of padding on the left of the image.</summary>
    public int PadLeft { get; init; }

    /// <summary>Rows of windows.</summary>
    public required int OutputHeight { get; init; }

    /// <summary>Windows in a row.</summary>
    public required int OutputWidth { get; init; }

    /// <summary>A shape with strides of 1 and no padding, unless set.</summary>
    public PoolingShape() { }

    internal PoolingAxis Vertical => new(Height, OutputHeight, WindowHeight, StrideY, PadTop);

    internal PoolingAxis Horizontal => new(Width, OutputWidth, WindowWidth, StrideX, PadLeft);

    internal long InputSize => (long)Height * Width * Channels;

    internal long OutputPositions => (long)OutputHeight * OutputWidth;

    /// <summary>Requires sizes that make sense.</summary>
    /// <exception cref="ArgumentException">A size is not positive, or a window covers no pixel of the image.</exception>
    public void Validate()
    {
        if (Channels < 1)
            throw new ArgumentException($"Pooling needs at least one channel, not {Channels}.");
        Vertical.Validate("high");
        Horizontal.Validate("wide");
    }
}

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

/// <summary>Checks of what a pooling kernel is given.</summary>
internal static class PoolingArguments
{
    /// <summary>The sizes of both images and their lengths; the output's positions may lie further apart.</summary>
    public static void Check(
        in PoolingShape shape,
        int batch,
        ReadOnlySpan<float> input,
        ReadOnlySpan<float> output,
        int outputStride
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        shape.Validate();
        CheckLength(batch * shape.InputSize, input.Length, "input");
        if (batch * shape.OutputPositions > int.MaxValue)
            throw new ArgumentException(
                $"{batch} outputs of {shape.OutputPositions} positions are too many; use less."
            );
        int positions = (int)(batch * shape.OutputPositions);
        MatrixArguments.CheckRows(positions, shape.Channels, outputStride, output.Length);
        if (output.Overlaps(input))
            throw new ArgumentException("The input and the output of pooling overlap; use separate memory.");
    }

    /// <summary>The indices of the largest values: a byte for every output.</summary>
    public static void CheckArgMax(in PoolingShape shape, int batch, int length)
    {
        if (shape.WindowHeight * (long)shape.WindowWidth > 256)
            throw new ArgumentException(
                $"A window of {shape.WindowHeight} x {shape.WindowWidth} has more than the 256 indices a byte can name."
            );
        CheckLength(batch * shape.OutputPositions * shape.Channels, length, "argMax");
    }

    /// <summary>A length that must be met exactly.</summary>
    public static void CheckLength(
        long needed,
        int length,
        string what,
        [CallerArgumentExpression(nameof(needed))] string expression = ""
    )
    {
        if (length != needed)
            throw new ArgumentException($"The {what} has {length} values instead of {needed} ({expression}).");
    }
}
