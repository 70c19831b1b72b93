using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Linear;

/// <summary>
/// The inner loop of every matrix product. Accumulators are named locals (an array of them would live in memory); the rows
/// beyond the height and the second vector of a narrow tile fall away when the JIT specialises the method.
/// </summary>
internal static unsafe class TileKernel<TVec, TLanes, THeight, TWidth, TEnd>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
    where THeight : struct, ITileHeight
    where TWidth : struct, ITileWidth
    where TEnd : struct, ITileEnd
{
    /// <summary>Computes all tiles of <paramref name="tile"/>.</summary>
    [MethodImpl(HotMethods.Loop)]
    public static void Run(Tile* tile)
    {
        float* a = tile->A;
        float* b = tile->B;
        float* start = tile->Start;
        float* c = tile->C;
        for (int count = tile->Count; count > 0; count--)
        {
            if (count > 1 && tile->StartRowStride != 0)
                Ask(start + tile->StartNext, tile->StartRowStride);
            if (tile->AsksForC)
                Ask(c, tile->CRowStride);
            RunOne(tile, a, b, start, c);
            tile->Ahead.Pass((tile->Steps * tile->Runs) + tile->LastSteps);
            a += tile->ANext;
            b += tile->BNext;
            start += tile->StartNext;
            c += tile->CNext;
        }
    }

    // Beyond the JIT's size limit for inlining, so it must ask for full optimisation itself.
    [MethodImpl(HotMethods.Loop)]
    private static void RunOne(Tile* tile, float* a0, float* b, float* start, float* c)
    {
        nint startStride = tile->StartRowStride;
        int lastColumns = tile->Columns - ((TWidth.Vectors - 1) * TLanes.Count);
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
        Begin(start, lastColumns, ref c0, ref d0);
        if (THeight.Rows > 1)
            Begin(start + (1 * startStride), lastColumns, ref c1, ref d1);
        if (THeight.Rows > 2)
            Begin(start + (2 * startStride), lastColumns, ref c2, ref d2);
        if (THeight.Rows > 3)
            Begin(start + (3 * startStride), lastColumns, ref c3, ref d3);
        if (THeight.Rows > 4)
            Begin(start + (4 * startStride), lastColumns, ref c4, ref d4);
        if (THeight.Rows > 5)
            Begin(start + (5 * startStride), lastColumns, ref c5, ref d5);
        if (THeight.Rows > 6)
            Begin(start + (6 * startStride), lastColumns, ref c6, ref d6);
        if (THeight.Rows > 7)
            Begin(start + (7 * startStride), lastColumns, ref c7, ref d7);
        if (THeight.Rows > 8)
            Begin(start + (8 * startStride), lastColumns, ref c8, ref d8);
        if (THeight.Rows > 9)
            Begin(start + (9 * startStride), lastColumns, ref c9, ref d9);
        if (THeight.Rows > 10)
            Begin(start + (10 * startStride), lastColumns, ref c10, ref d10);
        if (THeight.Rows > 11)
            Begin(start + (11 * startStride), lastColumns, ref c11, ref d11);
        if (THeight.Rows > 12)
            Begin(start + (12 * startStride), lastColumns, ref c12, ref d12);
        if (THeight.Rows > 13)
            Begin(start + (13 * startStride), lastColumns, ref c13, ref d13);

        // Five pointers reach fourteen rows: each serves itself and, by index, the next two.
        nint rowStride = tile->ARowStride;
        nint stepStride = tile->AStepStride;
        float* a3 = a0 + (3 * rowStride);
        float* a6 = a3 + (3 * rowStride);
        float* a9 = a6 + (3 * rowStride);
        float* a12 = a9 + (3 * rowStride);
        nint bStride = tile->BStepStride;
        nint steps = tile->Steps;
        nint runs = tile->Runs;
        nint lastSteps = tile->LastSteps;
        float* ahead = tile->Ahead.Next;
        nint aheadStep = tile->Ahead.Step;
        while (true)
        {
            for (; steps > 0; steps--)
            {
                if (Sse.IsSupported)
                    Sse.Prefetch0(ahead);
                ahead += aheadStep;
                TVec b0 = TLanes.Load(b);
                TVec b1 = TWidth.Vectors > 1 ? TLanes.Load(b + TLanes.Count) : b0;
                b += bStride;
                Step(a0, b0, b1, ref c0, ref d0);
                if (THeight.Rows > 1)
                    Step(a0 + rowStride, b0, b1, ref c1, ref d1);
                if (THeight.Rows > 2)
                    Step(a0 + (2 * rowStride), b0, b1, ref c2, ref d2);
                if (THeight.Rows > 3)
                    Step(a3, b0, b1, ref c3, ref d3);
                if (THeight.Rows > 4)
                    Step(a3 + rowStride, b0, b1, ref c4, ref d4);
                if (THeight.Rows > 5)
                    Step(a3 + (2 * rowStride), b0, b1, ref c5, ref d5);
                if (THeight.Rows > 6)
                    Step(a6, b0, b1, ref c6, ref d6);
                if (THeight.Rows > 7)
                    Step(a6 + rowStride, b0, b1, ref c7, ref d7);
                if (THeight.Rows > 8)
                    Step(a6 + (2 * rowStride), b0, b1, ref c8, ref d8);
                if (THeight.Rows > 9)
                    Step(a9, b0, b1, ref c9, ref d9);
                if (THeight.Rows > 10)
                    Step(a9 + rowStride, b0, b1, ref c10, ref d10);
                if (THeight.Rows > 11)
                    Step(a9 + (2 * rowStride), b0, b1, ref c11, ref d11);
                if (THeight.Rows > 12)
                    Step(a12, b0, b1, ref c12, ref d12);
                if (THeight.Rows > 13)
                    Step(a12 + rowStride, b0, b1, ref c13, ref d13);
                a0 += stepStride;
                if (THeight.Rows > 3)
                    a3 += stepStride;
                if (THeight.Rows > 6)
                    a6 += stepStride;
                if (THeight.Rows > 9)
                    a9 += stepStride;
                if (THeight.Rows > 12)
                    a12 += stepStride;
            }

            if (--runs > 0)
            {
                nint jump = tile->ARunJump;
                a0 += jump;
                a3 += jump;
                a6 += jump;
                a9 += jump;
                a12 += jump;
                b += tile->BRunJump;
                steps = tile->Steps;
                continue;
            }

            if (lastSteps == 0)
                break;
            b = tile->BLast;
            bStride = tile->BLastStride;
            steps = lastSteps;
            lastSteps = 0;
        }

        nint cStride = tile->CRowStride;
        End(c, lastColumns, c0, d0);
        if (THeight.Rows > 1)
            End(c + (1 * cStride), lastColumns, c1, d1);
        if (THeight.Rows > 2)
            End(c + (2 * cStride), lastColumns, c2, d2);
        if (THeight.Rows > 3)
            End(c + (3 * cStride), lastColumns, c3, d3);
        if (THeight.Rows > 4)
            End(c + (4 * cStride), lastColumns, c4, d4);
        if (THeight.Rows > 5)
            End(c + (5 * cStride), lastColumns, c5, d5);
        if (THeight.Rows > 6)
            End(c + (6 * cStride), lastColumns, c6, d6);
        if (THeight.Rows > 7)
            End(c + (7 * cStride), lastColumns, c7, d7);
        if (THeight.Rows > 8)
            End(c + (8 * cStride), lastColumns, c8, d8);
        if (THeight.Rows > 9)
            End(c + (9 * cStride), lastColumns, c9, d9);
        if (THeight.Rows > 10)
            End(c + (10 * cStride), lastColumns, c10, d10);
        if (THeight.Rows > 11)
            End(c + (11 * cStride), lastColumns, c11, d11);
        if (THeight.Rows > 12)
            End(c + (12 * cStride), lastColumns, c12, d12);
        if (THeight.Rows > 13)
            End(c + (13 * cStride), lastColumns, c13, d13);
    }

    // Sums that go on from an earlier block of steps come from far away; the next tile's arrive while this one is computed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Ask(float* start, nint rowStride)
    {
        if (!Sse.IsSupported)
            return;
        for (int row = 0; row < THeight.Rows; row++)
        {
            Sse.Prefetch0(start);
            if (TWidth.Vectors > 1)
                Sse.Prefetch0(start + TLanes.Count);
            start += rowStride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(float* a, TVec b0, TVec b1, ref TVec c, ref TVec d)
    {
        TVec x = TLanes.Splat(*a);
        c = TLanes.MultiplyAdd(x, b0, c);
        if (TWidth.Vectors > 1)
            d = TWidth.SecondIsHalf ? TLanes.MultiplyAddLower(x, b1, d) : TLanes.MultiplyAdd(x, b1, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Begin(float* start, int lastColumns, ref TVec c, ref TVec d)
    {
        if (TWidth.Vectors > 1)
        {
            c = TLanes.Load(start);
            d = LoadLast(start + TLanes.Count, lastColumns);
        }
        else
        {
            c = LoadLast(start, lastColumns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End(float* destination, int lastColumns, TVec c, TVec d)
    {
        if (TWidth.Vectors > 1)
        {
            TLanes.Store(destination, TEnd.Of<TLanes, TVec>(c));
            StoreLast(destination + TLanes.Count, d, lastColumns);
        }
        else
        {
            StoreLast(destination, c, lastColumns);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVec LoadLast(float* source, int columns) =>
        TWidth.LastIsPartial ? TLanes.LoadPartial(source, columns) : TLanes.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreLast(float* destination, TVec value, int columns)
    {
        value = TEnd.Of<TLanes, TVec>(value);
        if (TWidth.LastIsPartial)
            TLanes.StorePartial(destination, value, columns);
        else
            TLanes.Store(destination, value);
    }
}
