using Evenkeel.Kernels.Pooling;
using Evenkeel.Kernels.Reference;
using Evenkeel.Layers;

namespace Evenkeel.Execution.Reference;

/// <summary>Steps of pooling.</summary>
internal static partial class ReferenceBackend
{
    private static void AddPooling()
    {
        Add<MaxPoolForward>(
            (s, m) =>
            {
                double[] x = Input(s, m);
                byte[] winners = PoolingReference.Winners(s.Pass.Shape, m.Batch * s.Pass.Frames, x);
                m[s.Y] = PoolingReference.MaxForward(s.Pass.Shape, m.Batch * s.Pass.Frames, x, winners);
                if (s.Winner is { } kept)
                    m[kept] = Array.ConvertAll(winners, w => (double)w);
            }
        );
        Add<MaxPoolBackward>(
            (s, m) =>
                m.Put(
                    s.DX,
                    PoolingReference.MaxBackward(
                        s.Pass.Shape,
                        m.Batch * s.Pass.Frames,
                        m[s.DY],
                        Array.ConvertAll(m[s.Winner], w => (byte)w)
                    )
                )
        );
        Add<AveragePoolForward>(
            (s, m) => m[s.Y] = PoolingReference.AverageForward(s.Pass.Shape, s.Divisor, m.Batch * s.Pass.Frames, m[s.X])
        );
        Add<AveragePoolBackward>(
            (s, m) =>
                m.Put(s.DX, PoolingReference.AverageBackward(s.Pass.Shape, s.Divisor, m.Batch * s.Pass.Frames, m[s.DY]))
        );
        AddGlobalAverages();
    }

    private static void AddGlobalAverages()
    {
        Add<GlobalAverageForward>(
            (s, m) =>
                m[s.Y] = PoolingReference.AverageForward(
                    Whole(s.Positions, s.Channels),
                    AverageDivisor.Window,
                    m.Batch,
                    m[s.X]
                )
        );
        Add<GlobalAverageBackward>(
            (s, m) =>
                m.Put(
                    s.DX,
                    PoolingReference.AverageBackward(
                        Whole(s.Positions, s.Channels),
                        AverageDivisor.Window,
                        m.Batch,
                        m[s.DY]
                    )
                )
        );
    }

    // One window over everything.
    private static PoolingShape Whole(int positions, int channels) =>
        new()
        {
            Height = positions,
            Width = 1,
            Channels = channels,
            WindowHeight = positions,
            WindowWidth = 1,
            OutputHeight = 1,
            OutputWidth = 1,
        };
}
