using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Linear;

/// <summary>Copies part of b to a panel: one tile width of floats per step, without gaps, zeros beyond b's last column.</summary>
internal static unsafe class PanelPacking<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>Packs rows <paramref name="depthBegin"/> to <paramref name="depthEnd"/> - 1 of panel <paramref name="panel"/>.</summary>
    [MethodImpl(HotMethods.Loop)]
    public static void Pack(in Product product, int panel, int depthBegin, int depthEnd, float* packed)
    {
        int width = TileKernels<TVec, TLanes>.Width;
        int column = panel * width;
        int columns = Math.Min(width, product.Columns - column);
        float* source = product.B + (depthBegin * product.BStepStride) + (column * product.BColumnStride);
        int steps = depthEnd - depthBegin;
        if (product.BColumnStride == 1)
            Copy(source, product.BStepStride, steps, columns, packed);
        else
            PanelTranspose.Run(source, product.BColumnStride, steps, columns, packed, width);
    }

    [MethodImpl(HotMethods.Loop)]
    private static void Copy(float* source, nint stride, int steps, int columns, float* packed)
    {
        if (columns == 2 * TLanes.Count)
        {
            for (; steps > 0; steps--)
            {
                TLanes.Store(packed, TLanes.Load(source));
                TLanes.Store(packed + TLanes.Count, TLanes.Load(source + TLanes.Count));
                source += stride;
                packed += 2 * TLanes.Count;
            }

            return;
        }

        int first = Math.Min(columns, TLanes.Count);
        int second = columns - first;
        for (; steps > 0; steps--)
        {
            TLanes.Store(packed, TLanes.LoadPartial(source, first));
            TVec right = second > 0 ? TLanes.LoadPartial(source + TLanes.Count, second) : TLanes.Zero;
            TLanes.Store(packed + TLanes.Count, right);
            source += stride;
            packed += 2 * TLanes.Count;
        }
    }
}

/// <summary>
/// Transposes rows of b into a panel, four steps at a time. Sixteen rows go together where 512-bit registers exist: each
/// register collects four floats of rows r, r+4, r+8 and r+12, so a 4 x 4 transpose inside its quarters puts all in order.
/// </summary>
internal static unsafe class PanelTranspose
{
    /// <summary>packed[s * width + i] = source[i * rowStride + s] for i below rows, 0 for i from rows to width - 1.</summary>
    [MethodImpl(HotMethods.Loop)]
    public static void Run(float* source, nint rowStride, int steps, int rows, float* packed, int width)
    {
        if (rows < width)
            new Span<float>(packed, steps * width).Clear();
        int row = 0;
        if (Avx512F.IsSupported)
        {
            for (; row + 16 <= rows; row += 16)
                Transpose16(source + (row * rowStride), rowStride, steps, packed + row, width);
        }

        if (Sse.IsSupported || AdvSimd.Arm64.IsSupported)
        {
            for (; row + 4 <= rows; row += 4)
                Transpose4(source + (row * rowStride), rowStride, steps, packed + row, width);
        }

        for (; row < rows; row++)
        {
            for (int step = 0; step < steps; step++)
                packed[((nint)step * width) + row] = source[(row * rowStride) + step];
        }
    }

    [MethodImpl(HotMethods.Loop)]
    private static void Transpose16(float* source, nint stride, int steps, float* packed, nint width)
    {
        float* row4 = source + (4 * stride);
        float* row8 = source + (8 * stride);
        float* row12 = source + (12 * stride);
        int step = 0;
        for (; step + 4 <= steps; step += 4)
        {
            Vector512<float> a = Gather(source + step, row4 + step, row8 + step, row12 + step, 0);
            Vector512<float> b = Gather(source + step, row4 + step, row8 + step, row12 + step, stride);
            Vector512<float> c = Gather(source + step, row4 + step, row8 + step, row12 + step, 2 * stride);
            Vector512<float> d = Gather(source + step, row4 + step, row8 + step, row12 + step, 3 * stride);
            Vector512<double> ab = Avx512F.UnpackLow(a, b).AsDouble();
            Vector512<double> cd = Avx512F.UnpackLow(c, d).AsDouble();
            Vector512<double> abHigh = Avx512F.UnpackHigh(a, b).AsDouble();
            Vector512<double> cdHigh = Avx512F.UnpackHigh(c, d).AsDouble();
            Avx512F.UnpackLow(ab, cd).AsSingle().Store(packed);
            Avx512F.UnpackHigh(ab, cd).AsSingle().Store(packed + width);
            Avx512F.UnpackLow(abHigh, cdHigh).AsSingle().Store(packed + (2 * width));
            Avx512F.UnpackHigh(abHigh, cdHigh).AsSingle().Store(packed + (3 * width));
            packed += 4 * width;
        }

        for (; step < steps; step++)
        {
            for (int i = 0; i < 16; i++)
                packed[i] = source[(i * stride) + step];
            packed += width;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Gather(float* row0, float* row4, float* row8, float* row12, nint offset)
    {
        Vector256<float> lower = Vector256.Create(Vector128.Load(row0 + offset), Vector128.Load(row4 + offset));
        Vector256<float> upper = Vector256.Create(Vector128.Load(row8 + offset), Vector128.Load(row12 + offset));
        return Vector512.Create(lower, upper);
    }

    [MethodImpl(HotMethods.Loop)]
    private static void Transpose4(float* source, nint stride, int steps, float* packed, nint width)
    {
        int step = 0;
        for (; step + 4 <= steps; step += 4)
        {
            Vector128<float> a = Vector128.Load(source + step);
            Vector128<float> b = Vector128.Load(source + stride + step);
            Vector128<float> c = Vector128.Load(source + (2 * stride) + step);
            Vector128<float> d = Vector128.Load(source + (3 * stride) + step);
            Vector128<double> ab = Interleave.Low(a, b).AsDouble();
            Vector128<double> cd = Interleave.Low(c, d).AsDouble();
            Vector128<double> abHigh = Interleave.High(a, b).AsDouble();
            Vector128<double> cdHigh = Interleave.High(c, d).AsDouble();
            Interleave.Low(ab, cd).AsSingle().Store(packed);
            Interleave.High(ab, cd).AsSingle().Store(packed + width);
            Interleave.Low(abHigh, cdHigh).AsSingle().Store(packed + (2 * width));
            Interleave.High(abHigh, cdHigh).AsSingle().Store(packed + (3 * width));
            packed += 4 * width;
        }

        for (; step < steps; step++)
        {
            for (int i = 0; i < 4; i++)
                packed[i] = source[(i * stride) + step];
            packed += width;
        }
    }
}
