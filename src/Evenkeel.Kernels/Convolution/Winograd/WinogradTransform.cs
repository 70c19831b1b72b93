using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Winograd;

/// <summary>
/// The linear maps of minimal filtering F(2x2, 3x3) after Winograd, as Lavin and Gray (2016) use them: a 2x2 tile of outputs is
/// A'[(G g G') * (B' d B)]A with the weights g and the 4x4 pixels d that the tile sees, * element by element. That is 16 products
/// where the plain sum has 36. All factors are 0, 1, -1 and 1/2, so small whole numbers stay exact.
/// </summary>
internal static unsafe class WinogradTransform<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>B' d B of a vector of channels; <paramref name="pixels"/> are those of d, line by line.</summary>
    /// <param name="pixels">16 pixels.</param>
    /// <param name="channel">First channel.</param>
    /// <param name="lanes">Channels, if the width says that they are not a whole vector.</param>
    /// <param name="to">Where the first element goes.</param>
    /// <param name="plane">Floats from each element to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Input<TWidth>(float** pixels, nint channel, int lanes, float* to, nint plane)
        where TWidth : struct, ITileWidth
    {
        InputColumn<TWidth>(pixels, channel, lanes, out TVec a0, out TVec a1, out TVec a2, out TVec a3);
        InputColumn<TWidth>(pixels + 1, channel, lanes, out TVec b0, out TVec b1, out TVec b2, out TVec b3);
        InputColumn<TWidth>(pixels + 2, channel, lanes, out TVec c0, out TVec c1, out TVec c2, out TVec c3);
        InputColumn<TWidth>(pixels + 3, channel, lanes, out TVec d0, out TVec d1, out TVec d2, out TVec d3);
        InputRow(a0, b0, c0, d0, to, plane);
        InputRow(a1, b1, c1, d1, to + (4 * plane), plane);
        InputRow(a2, b2, c2, d2, to + (8 * plane), plane);
        InputRow(a3, b3, c3, d3, to + (12 * plane), plane);
    }

    /// <summary>G g G' in place: reads 9 elements, writes 16.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Weights(float* g, nint plane)
    {
        TVec half = TLanes.Splat(0.5f);
        WeightColumn(g, plane, half, out TVec a0, out TVec a1, out TVec a2, out TVec a3);
        WeightColumn(g + plane, plane, half, out TVec b0, out TVec b1, out TVec b2, out TVec b3);
        WeightColumn(g + (2 * plane), plane, half, out TVec c0, out TVec c1, out TVec c2, out TVec c3);
        WeightRow(a0, b0, c0, half, g, plane);
        WeightRow(a1, b1, c1, half, g + (4 * plane), plane);
        WeightRow(a2, b2, c2, half, g + (8 * plane), plane);
        WeightRow(a3, b3, c3, half, g + (12 * plane), plane);
    }

    /// <summary>A' m A: the four outputs of a tile, line by line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Output(float* m, nint plane, out TVec y0, out TVec y1, out TVec y2, out TVec y3)
    {
        OutputColumn(m, plane, out TVec a0, out TVec a1);
        OutputColumn(m + plane, plane, out TVec b0, out TVec b1);
        OutputColumn(m + (2 * plane), plane, out TVec c0, out TVec c1);
        OutputColumn(m + (3 * plane), plane, out TVec d0, out TVec d1);
        y0 = TLanes.Add(TLanes.Add(a0, b0), c0);
        y1 = TLanes.Subtract(TLanes.Subtract(b0, c0), d0);
        y2 = TLanes.Add(TLanes.Add(a1, b1), c1);
        y3 = TLanes.Subtract(TLanes.Subtract(b1, c1), d1);
    }

    /// <summary>A e A' of the gradients e of a tile's four outputs, line by line: what arrives at the 16 products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Gradient(TVec e0, TVec e1, TVec e2, TVec e3, float* to, nint plane)
    {
        GradientRow(e0, e1, to, plane);
        GradientRow(TLanes.Add(e0, e2), TLanes.Add(e1, e3), to + (4 * plane), plane);
        GradientRow(TLanes.Subtract(e0, e2), TLanes.Subtract(e1, e3), to + (8 * plane), plane);
        GradientRow(TLanes.Subtract(TLanes.Zero, e2), TLanes.Subtract(TLanes.Zero, e3), to + (12 * plane), plane);
    }

    /// <summary>One line of G' m G, m being 4 of the sums of a column each: the gradients of three taps of a line.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WeightGradient(TVec m0, TVec m1, TVec m2, TVec m3, out TVec t0, out TVec t1, out TVec t2)
    {
        TVec half = TLanes.Splat(0.5f);
        TVec outer = TLanes.Multiply(half, TLanes.Add(m1, m2));
        t0 = TLanes.Add(m0, outer);
        t1 = TLanes.Multiply(half, TLanes.Subtract(m1, m2));
        t2 = TLanes.Add(outer, m3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void GradientRow(TVec a, TVec b, float* to, nint plane)
    {
        TLanes.Store(to, a);
        TLanes.Store(to + plane, TLanes.Add(a, b));
        TLanes.Store(to + (2 * plane), TLanes.Subtract(a, b));
        TLanes.Store(to + (3 * plane), TLanes.Subtract(TLanes.Zero, b));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputColumn<TWidth>(
        float** pixels,
        nint channel,
        int lanes,
        out TVec t0,
        out TVec t1,
        out TVec t2,
        out TVec t3
    )
        where TWidth : struct, ITileWidth
    {
        TVec a = Load<TWidth>(pixels[0] + channel, lanes);
        TVec b = Load<TWidth>(pixels[4] + channel, lanes);
        TVec c = Load<TWidth>(pixels[8] + channel, lanes);
        TVec d = Load<TWidth>(pixels[12] + channel, lanes);
        t0 = TLanes.Subtract(a, c);
        t1 = TLanes.Add(b, c);
        t2 = TLanes.Subtract(c, b);
        t3 = TLanes.Subtract(b, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void InputRow(TVec a, TVec b, TVec c, TVec d, float* to, nint plane)
    {
        TLanes.Store(to, TLanes.Subtract(a, c));
        TLanes.Store(to + plane, TLanes.Add(b, c));
        TLanes.Store(to + (2 * plane), TLanes.Subtract(c, b));
        TLanes.Store(to + (3 * plane), TLanes.Subtract(b, d));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightColumn(
        float* g,
        nint plane,
        TVec half,
        out TVec t0,
        out TVec t1,
        out TVec t2,
        out TVec t3
    )
    {
        t0 = TLanes.Load(g);
        t3 = TLanes.Load(g + (6 * plane));
        TVec middle = TLanes.Multiply(half, TLanes.Load(g + (3 * plane)));
        TVec outer = TLanes.Multiply(half, TLanes.Add(t0, t3));
        t1 = TLanes.Add(outer, middle);
        t2 = TLanes.Subtract(outer, middle);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WeightRow(TVec a, TVec b, TVec c, TVec half, float* to, nint plane)
    {
        TVec middle = TLanes.Multiply(half, b);
        TVec outer = TLanes.Multiply(half, TLanes.Add(a, c));
        TLanes.Store(to, a);
        TLanes.Store(to + plane, TLanes.Add(outer, middle));
        TLanes.Store(to + (2 * plane), TLanes.Subtract(outer, middle));
        TLanes.Store(to + (3 * plane), c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void OutputColumn(float* m, nint plane, out TVec s0, out TVec s1)
    {
        TVec b = TLanes.Load(m + (4 * plane));
        TVec c = TLanes.Load(m + (8 * plane));
        s0 = TLanes.Add(TLanes.Add(TLanes.Load(m), b), c);
        s1 = TLanes.Subtract(TLanes.Subtract(b, c), TLanes.Load(m + (12 * plane)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec Load<TWidth>(float* source, int lanes)
        where TWidth : struct, ITileWidth =>
        TWidth.LastIsPartial ? TLanes.LoadPartial(source, lanes) : TLanes.Load(source);
}
