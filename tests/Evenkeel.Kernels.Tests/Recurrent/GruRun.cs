using Evenkeel.Kernels.Recurrent;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Recurrent;

/// <summary>A step of gated recurrent units, forward and backward, on random operands and gradients up to a largest one.</summary>
internal sealed class GruRun
{
    public GruRun(int rows, int units, int threads, float gradient = 3f)
    {
        int count = rows * units;
        X = FloatValues.Uniform(3 * count, 3f, 1);
        U = FloatValues.Uniform(3 * count, 3f, 2);
        H = FloatValues.Uniform(count, 3f, 3);
        DNext = FloatValues.Uniform(count, gradient, 4);
        (Next, DH) = (new float[count], new float[count]);
        (DX, DU) = (new float[3 * count], new float[3 * count]);
        float[] gates = new float[3 * count];
        using var pool = new WorkerPool(threads);
        var values = new GruValues
        {
            X = X,
            U = U,
            H = H,
            Next = Next,
            Gates = gates,
        };
        GruCell.Forward(pool, units, values);
        var gradients = new GruGradients
        {
            Gates = gates,
            U = U,
            H = H,
            DNext = DNext,
            DX = DX,
            DU = DU,
            DH = DH,
        };
        GruCell.Backward(pool, units, gradients);
    }

    public float[] X { get; }

    public float[] U { get; }

    public float[] H { get; }

    public float[] Next { get; }

    public float[] DNext { get; }

    public float[] DX { get; }

    public float[] DU { get; }

    public float[] DH { get; }
}
