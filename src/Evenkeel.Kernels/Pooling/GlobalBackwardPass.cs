using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Pooling;

/// <summary>The gradient of one image: every position gets the same share.</summary>
internal readonly unsafe struct GlobalBackwardPass<TTarget>(float* dy, float* dx, int positions, int channels)
    : IColumnPass
    where TTarget : struct, ITarget
{
    private readonly float* _dy = dy;
    private readonly float* _dx = dx;

    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        TVec count = TLanes.Splat(positions);
        float* image = _dx + ((nint)row * positions * channels);
        for (; column + TLanes.Count <= columns; column += TLanes.Count)
        {
            TVec share = TLanes.Divide(TLanes.Load(_dy + ((nint)row * channels) + column), count);
            float* p = image + column;
            for (int i = 0; i < positions; i++, p += channels)
                TTarget.Write<TLanes, TVec>(p, share);
        }

        return column;
    }
}
