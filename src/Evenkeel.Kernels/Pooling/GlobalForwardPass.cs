using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Pooling;

/// <summary>The averages of one image.</summary>
internal readonly unsafe struct GlobalForwardPass(float* x, float* y, int positions, int channels) : IColumnPass
{
    private const int BlockPositions = 64;

    private readonly float* _x = x;
    private readonly float* _y = y;

    public int Run<TLanes, TVec>(int row, int rows, int column, int columns)
        where TLanes : struct, ILanes<TVec>
        where TVec : unmanaged
    {
        float* image = _x + ((nint)row * positions * channels);
        TVec count = TLanes.Splat(positions);
        for (; column + TLanes.Count <= columns; column += TLanes.Count)
        {
            float* p = image + column;
            TVec total = TLanes.Zero;
            for (int done = 0; done < positions; done += BlockPositions)
            {
                TVec block = TLanes.Zero;
                for (int i = Math.Min(BlockPositions, positions - done); i > 0; i--, p += channels)
                    block = TLanes.Add(block, TLanes.Load(p));
                total = TLanes.Add(total, block);
            }

            TLanes.Store(_y + ((nint)row * channels) + column, TLanes.Divide(total, count));
        }

        return column;
    }
}
