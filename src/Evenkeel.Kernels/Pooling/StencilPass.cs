using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Pooling;

/// <summary>
/// One row of weighted sums over windows. Columns of a window are summed first: where windows are three wide and one apart,
/// each column's sum serves three results from registers. Both ways add in the same order.
/// </summary>
internal readonly unsafe struct StencilPass<TStore>(
    StencilAxis vertical,
    StencilAxis horizontal,
    float* source,
    int sourceStride,
    float* target,
    int targetStride
) : IColumnPass
    where TStore : struct, IStore
{
    // The buffer of 16 KB lies on the stack.
    private const int MostSlidingChannels = 2048;
    private const int FewRegisters = 2;

    private readonly float* _source = source;
    private readonly float* _target = target;

    [MethodImpl(HotMethods.Loop)]
    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int end = columns - ((columns - column) % TLanes.Count);
        if (end == column)
            return column;
        (int image, int t) = Math.DivRem(row, vertical.Targets);
        int first = vertical.First[t];
        nint line = (nint)horizontal.Sources * sourceStride;
        var lines = new Lines(
            _source + ((((nint)image * vertical.Sources) + first) * line),
            line,
            vertical.Weight + first,
            vertical.End[t] - first
        );
        float* to = _target + ((nint)row * horizontal.Targets * targetStride);
        if (!horizontal.SlidesByThree || end - column > MostSlidingChannels)
            Gather<TLanes, TVec>(lines, to, vertical.Count[t], column, end);
        else if (end - column > FewRegisters * TLanes.Count)
            Slide<TLanes, TVec>(lines, to, vertical.Count[t], column, end);
        else
        {
            for (int c = column; c < end; c += TLanes.Count)
                SlideOne<TLanes, TVec>(lines, to + c, vertical.Count[t], c);
        }

        return end;
    }

    // Columns of one register stay in registers.
    private void SlideOne<TLanes, TVec>(in Lines lines, float* to, float count, int c)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        int s = horizontal.Offset;
        TVec a = Column<TLanes, TVec>(lines, s, c);
        TVec b = Column<TLanes, TVec>(lines, s + 1, c);
        for (int t = 0; t < horizontal.Targets; t++, to += targetStride)
        {
            TVec d = Column<TLanes, TVec>(lines, s + t + 2, c);
            TVec share = TLanes.Splat(1f / (count * horizontal.Count[t]));
            TStore.Store<TLanes, TVec>(to, TLanes.Multiply(TLanes.Add(TLanes.Add(a, b), d), share));
            (a, b) = (b, d);
        }
    }

    // Along whole pixels, with the sums of the two columns before in a buffer: each is read once.
    [SkipLocalsInit]
    private void Slide<TLanes, TVec>(in Lines lines, float* to, float count, int column, int end)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* memory = stackalloc float[2 * MostSlidingChannels];
        float* first = memory - column;
        float* second = first + MostSlidingChannels;
        for (int c = column; c < end; c += TLanes.Count)
        {
            TLanes.Store(first + c, Column<TLanes, TVec>(lines, horizontal.Offset, c));
            TLanes.Store(second + c, Column<TLanes, TVec>(lines, horizontal.Offset + 1, c));
        }

        for (int t = 0; t < horizontal.Targets; t++, to += targetStride)
        {
            TVec share = TLanes.Splat(1f / (count * horizontal.Count[t]));
            for (int c = column; c < end; c += TLanes.Count)
            {
                TVec third = Column<TLanes, TVec>(lines, horizontal.Offset + t + 2, c);
                TVec sum = TLanes.Add(TLanes.Add(TLanes.Load(first + c), TLanes.Load(second + c)), third);
                TLanes.Store(first + c, third);
                TStore.Store<TLanes, TVec>(to + c, TLanes.Multiply(sum, share));
            }

            float* next = second;
            second = first;
            first = next;
        }
    }

    private void Gather<TLanes, TVec>(in Lines lines, float* to, float count, int column, int end)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        for (int t = 0; t < horizontal.Targets; t++, to += targetStride)
        {
            TVec share = TLanes.Splat(1f / (count * horizontal.Count[t]));
            for (int c = column; c < end; c += TLanes.Count)
            {
                TVec sum = TLanes.Zero;
                for (int s = horizontal.First[t]; s < horizontal.End[t]; s++)
                    sum = TLanes.Add(sum, Column<TLanes, TVec>(lines, s, c));
                TStore.Store<TLanes, TVec>(to + c, TLanes.Multiply(sum, share));
            }
        }
    }

    // The weighted sum of a column of the window; zero outside the image.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVec Column<TLanes, TVec>(in Lines lines, int s, int c)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec sum = TLanes.Zero;
        if ((uint)s >= (uint)horizontal.Sources)
            return sum;
        float* p = lines.Source + ((nint)s * sourceStride) + c;
        for (int i = 0; i < lines.Count; i++, p += lines.Step)
            sum = TLanes.MultiplyAdd(TLanes.Load(p), TLanes.Splat(lines.Weight[i]), sum);
        return TLanes.Multiply(sum, TLanes.Splat(horizontal.Weight[s]));
    }

    // The rows of the source that a row of results sums.
    private readonly struct Lines(float* source, nint step, float* weight, int count)
    {
        public float* Source { get; } = source;
        public nint Step { get; } = step;
        public float* Weight { get; } = weight;
        public int Count { get; } = count;
    }
}

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

/// <summary>What an average is divided by.</summary>
public enum AverageDivisor
{
    /// <summary>The real pixels under the window.</summary>
    RealPixels,

    /// <summary>All pixels of the window, whether they lie in the image or around it.</summary>
    Window,
}
