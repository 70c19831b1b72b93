namespace Evenkeel.Kernels.Pooling;

/// <summary>
/// One axis of a weighted sum: result t is the sum of weight[s] * source[s] over s from first[t] to end[t], divided by
/// count[t]. An average and its gradient are both of this form.
/// </summary>
internal readonly unsafe struct StencilAxis
{
    private StencilAxis(byte* memory, int sources, int targets)
    {
        Sources = sources;
        Targets = targets;
        First = (int*)memory;
        End = First + targets;
        Count = (float*)(End + targets);
        Weight = Count + targets;
    }

    /// <summary>Values that are read.</summary>
    public int Sources { get; }

    /// <summary>Results.</summary>
    public int Targets { get; }

    /// <summary>[targets]: the first source of each result.</summary>
    public int* First { get; }

    /// <summary>[targets]: the end of its sources.</summary>
    public int* End { get; }

    /// <summary>[targets]: what each result is divided by.</summary>
    public float* Count { get; }

    /// <summary>[sources]: what each source is multiplied by.</summary>
    public float* Weight { get; }

    /// <summary>Whether result t sums sources t + <see cref="Offset"/> to t + <see cref="Offset"/> + 2, where they exist.</summary>
    public bool SlidesByThree { get; private init; }

    /// <summary>See <see cref="SlidesByThree"/>.</summary>
    public int Offset { get; private init; }

    /// <summary>The bytes that the tables of an axis take.</summary>
    public static nuint Bytes(in PoolingAxis axis) => 4 * sizeof(int) * ((nuint)axis.Input + (nuint)axis.Output);

    /// <summary>Averages over the windows of an axis; the tables go to <paramref name="memory"/>.</summary>
    public static StencilAxis Forward(in PoolingAxis axis, AverageDivisor divisor, byte* memory)
    {
        var result = new StencilAxis(memory, axis.Input, axis.Output)
        {
            SlidesByThree = axis is { Window: 3, Stride: 1 },
            Offset = -axis.Pad,
        };
        new Span<float>(result.Weight, axis.Input).Fill(1f);
        for (int o = 0; o < axis.Output; o++)
        {
            result.First[o] = axis.First(o);
            result.End[o] = axis.End(o);
            result.Count[o] = CountOf(axis, divisor, o);
        }

        return result;
    }

    /// <summary>The gradient of the averages: every pixel gathers from the windows that cover it.</summary>
    public static StencilAxis Backward(in PoolingAxis axis, AverageDivisor divisor, byte* memory)
    {
        var result = new StencilAxis(memory, axis.Output, axis.Input)
        {
            SlidesByThree = axis is { Window: 3, Stride: 1 },
            Offset = axis.Pad - 2,
        };
        new Span<float>(result.Count, axis.Input).Fill(1f);
        for (int o = 0; o < axis.Output; o++)
            result.Weight[o] = 1f / CountOf(axis, divisor, o);
        for (int i = 0; i < axis.Input; i++)
        {
            result.First[i] = axis.FirstWindow(i);
            result.End[i] = axis.EndWindow(i);
        }

        return result;
    }

    private static int CountOf(in PoolingAxis axis, AverageDivisor divisor, int o) =>
        divisor == AverageDivisor.RealPixels ? axis.End(o) - axis.First(o) : axis.Window;
}
