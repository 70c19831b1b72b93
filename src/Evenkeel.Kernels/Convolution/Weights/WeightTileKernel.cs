using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;

namespace Evenkeel.Kernels.Convolution.Weights;

/// <summary>
/// Inner loop of the weights' gradient: the sums of a tile stay in registers while positions pass by. Named accumulators for the same
/// reason as in <see cref="TileKernel{TVec,TLanes,THeight,TWidth,TEnd}"/>.
/// </summary>
internal static unsafe class WeightTileKernel<TVec, TLanes, THeight, TWidth>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where THeight : struct, ITileHeight
    where TWidth : struct, ITileWidth
{
    /// <summary>Adds the products of all positions of <paramref name="tile"/> to its sums.</summary>
    [MethodImpl(HotMethods.Loop)]
    public static void Run(WeightTile* tile)
    {
        float* sums = tile->Sums;
        TVec c0 = TLanes.Zero,
            c1 = TLanes.Zero,
            c2 = TLanes.Zero,
            c3 = TLanes.Zero,
            c4 = TLanes.Zero,
            c5 = TLanes.Zero,
            c6 = TLanes.Zero,
            c7 = TLanes.Zero,
            c8 = TLanes.Zero,
            c9 = TLanes.Zero,
            c10 = TLanes.Zero,
            c11 = TLanes.Zero,
            c12 = TLanes.Zero,
            c13 = TLanes.Zero;
        TVec d0 = TLanes.Zero,
            d1 = TLanes.Zero,
            d2 = TLanes.Zero,
            d3 = TLanes.Zero,
            d4 = TLanes.Zero,
            d5 = TLanes.Zero,
            d6 = TLanes.Zero,
            d7 = TLanes.Zero,
            d8 = TLanes.Zero,
            d9 = TLanes.Zero,
            d10 = TLanes.Zero,
            d11 = TLanes.Zero,
            d12 = TLanes.Zero,
            d13 = TLanes.Zero;
        Begin(sums + (0L * 2 * TLanes.Count), ref c0, ref d0);
        if (THeight.Rows > 1)
            Begin(sums + (1L * 2 * TLanes.Count), ref c1, ref d1);
        if (THeight.Rows > 2)
            Begin(sums + (2L * 2 * TLanes.Count), ref c2, ref d2);
        if (THeight.Rows > 3)
            Begin(sums + (3L * 2 * TLanes.Count), ref c3, ref d3);
        if (THeight.Rows > 4)
            Begin(sums + (4L * 2 * TLanes.Count), ref c4, ref d4);
        if (THeight.Rows > 5)
            Begin(sums + (5L * 2 * TLanes.Count), ref c5, ref d5);
        if (THeight.Rows > 6)
            Begin(sums + (6L * 2 * TLanes.Count), ref c6, ref d6);
        if (THeight.Rows > 7)
            Begin(sums + (7L * 2 * TLanes.Count), ref c7, ref d7);
        if (THeight.Rows > 8)
            Begin(sums + (8L * 2 * TLanes.Count), ref c8, ref d8);
        if (THeight.Rows > 9)
            Begin(sums + (9L * 2 * TLanes.Count), ref c9, ref d9);
        if (THeight.Rows > 10)
            Begin(sums + (10L * 2 * TLanes.Count), ref c10, ref d10);
        if (THeight.Rows > 11)
            Begin(sums + (11L * 2 * TLanes.Count), ref c11, ref d11);
        if (THeight.Rows > 12)
            Begin(sums + (12L * 2 * TLanes.Count), ref c12, ref d12);
        if (THeight.Rows > 13)
            Begin(sums + (13L * 2 * TLanes.Count), ref c13, ref d13);

        float* x = tile->X;
        float* dy = tile->Gradients;
        nint xStep = tile->XStep;
        nint dyStep = tile->GradientStep;
        float* ahead = tile->Ahead.Next;
        nint aheadStep = tile->Ahead.Step;
        for (int image = tile->Images; image > 0; image--)
        {
            for (int line = tile->Lines; line > 0; line--)
            {
                for (nint steps = tile->Steps; steps > 0; steps--)
                {
                    if (Sse.IsSupported)
                        Sse.Prefetch0(ahead);
                    ahead += aheadStep;
                    TVec b0 = TLanes.Load(dy);
                    TVec b1 = TWidth.Vectors > 1 ? TLanes.Load(dy + TLanes.Count) : b0;
                    dy += dyStep;
                    Step(x, b0, b1, ref c0, ref d0);
                    if (THeight.Rows > 1)
                        Step(x + 1, b0, b1, ref c1, ref d1);
                    if (THeight.Rows > 2)
                        Step(x + 2, b0, b1, ref c2, ref d2);
                    if (THeight.Rows > 3)
                        Step(x + 3, b0, b1, ref c3, ref d3);
                    if (THeight.Rows > 4)
                        Step(x + 4, b0, b1, ref c4, ref d4);
                    if (THeight.Rows > 5)
                        Step(x + 5, b0, b1, ref c5, ref d5);
                    if (THeight.Rows > 6)
                        Step(x + 6, b0, b1, ref c6, ref d6);
                    if (THeight.Rows > 7)
                        Step(x + 7, b0, b1, ref c7, ref d7);
                    if (THeight.Rows > 8)
                        Step(x + 8, b0, b1, ref c8, ref d8);
                    if (THeight.Rows > 9)
                        Step(x + 9, b0, b1, ref c9, ref d9);
                    if (THeight.Rows > 10)
                        Step(x + 10, b0, b1, ref c10, ref d10);
                    if (THeight.Rows > 11)
                        Step(x + 11, b0, b1, ref c11, ref d11);
                    if (THeight.Rows > 12)
                        Step(x + 12, b0, b1, ref c12, ref d12);
                    if (THeight.Rows > 13)
                        Step(x + 13, b0, b1, ref c13, ref d13);
                    // The channels of the next tile, which lie beside these, come from far away too.
                    if (TWidth.Vectors > 1 && Sse.IsSupported)
                        Sse.Prefetch1(x + (2 * THeight.Rows) - 1);
                    x += xStep;
                }

                x += tile->XLineJump;
                dy += tile->GradientLineJump;
            }

            x += tile->XImageJump;
            dy += tile->GradientImageJump;
        }

        End(sums + (0L * 2 * TLanes.Count), c0, d0);
        if (THeight.Rows > 1)
            End(sums + (1L * 2 * TLanes.Count), c1, d1);
        if (THeight.Rows > 2)
            End(sums + (2L * 2 * TLanes.Count), c2, d2);
        if (THeight.Rows > 3)
            End(sums + (3L * 2 * TLanes.Count), c3, d3);
        if (THeight.Rows > 4)
            End(sums + (4L * 2 * TLanes.Count), c4, d4);
        if (THeight.Rows > 5)
            End(sums + (5L * 2 * TLanes.Count), c5, d5);
        if (THeight.Rows > 6)
            End(sums + (6L * 2 * TLanes.Count), c6, d6);
        if (THeight.Rows > 7)
            End(sums + (7L * 2 * TLanes.Count), c7, d7);
        if (THeight.Rows > 8)
            End(sums + (8L * 2 * TLanes.Count), c8, d8);
        if (THeight.Rows > 9)
            End(sums + (9L * 2 * TLanes.Count), c9, d9);
        if (THeight.Rows > 10)
            End(sums + (10L * 2 * TLanes.Count), c10, d10);
        if (THeight.Rows > 11)
            End(sums + (11L * 2 * TLanes.Count), c11, d11);
        if (THeight.Rows > 12)
            End(sums + (12L * 2 * TLanes.Count), c12, d12);
        if (THeight.Rows > 13)
            End(sums + (13L * 2 * TLanes.Count), c13, d13);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(float* x, TVec b0, TVec b1, ref TVec c, ref TVec d)
    {
        TVec value = TLanes.Splat(*x);
        c = TLanes.MultiplyAdd(value, b0, c);
        if (TWidth.Vectors > 1)
            d = TWidth.SecondIsHalf ? TLanes.MultiplyAddLower(value, b1, d) : TLanes.MultiplyAdd(value, b1, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Begin(float* sums, ref TVec c, ref TVec d)
    {
        c = TLanes.Load(sums);
        if (TWidth.Vectors > 1)
            d = TLanes.Load(sums + TLanes.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End(float* sums, TVec c, TVec d)
    {
        TLanes.Store(sums, c);
        if (TWidth.Vectors > 1)
            TLanes.Store(sums + TLanes.Count, d);
    }
}

/// <summary>
/// A tile of the weights' gradient: sums[i, j] += sum over positions of x[position, i] gradients[position, j]. Positions are steps within
/// lines within images; the jumps lead from the end of one line or image to the next. Sums are a panel, one tile width of
/// floats per row; of gradients whole vectors are read.
/// </summary>
internal unsafe struct WeightTile
{
    public float* Sums;
    public float* X;
    public nint XStep;
    public nint XLineJump;
    public nint XImageJump;
    public float* Gradients;
    public nint GradientStep;
    public nint GradientLineJump;
    public nint GradientImageJump;
    public nint Steps;
    public int Lines;
    public int Images;

    /// <summary>What the steps ask for.</summary>
    public AheadStream Ahead;
}
