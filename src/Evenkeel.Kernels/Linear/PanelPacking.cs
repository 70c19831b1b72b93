using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Lanes;

namespace Evenkeel.Kernels.Linear;

/// <summary>Copies part of b to a panel: one tile width of floats per step, without gaps, zeros beyond b's last column.</summary>
internal static unsafe class PanelPacking<TVec, TLanes>
    where TVec : unmanaged
    where TLanes : struct, ILanes<TVec>
{
    /// <summary>Packs rows <paramref name="depthBegin"/> to <paramref name="depthEnd"/> - 1 of panel <paramref name="panel"/>.</summary>
    [MethodImpl(HotMethods.Compilation)]
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

    [MethodImpl(HotMethods.Compilation)]
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
