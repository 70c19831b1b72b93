using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Kernels.Convolution;

/// <summary>y = g(y).</summary>
internal readonly unsafe struct ActivationEpilogue<TAct>(TAct act) : ITileEpilogue
    where TAct : struct, IActivation
{
    public static bool IsEmpty => typeof(TAct) == typeof(Identity);

    [MethodImpl(HotMethods.Compilation)]
    void ITileEpilogue.Run<TLanes, TVec>(
        int group,
        bool isFirst,
        float* tile,
        nint rowStride,
        int rows,
        int column,
        int columns
    )
    {
        for (; rows > 0; rows--)
        {
            int i = 0;
            for (; i + TLanes.Count <= columns; i += TLanes.Count)
                TLanes.Store(tile + i, act.Forward<TLanes, TVec>(TLanes.Load(tile + i)));
            if (i < columns)
            {
                TVec last = TLanes.LoadPartial(tile + i, columns - i);
                TLanes.StorePartial(tile + i, act.Forward<TLanes, TVec>(last), columns - i);
            }

            tile += rowStride;
        }
    }
}
