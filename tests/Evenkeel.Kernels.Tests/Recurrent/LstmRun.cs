using Evenkeel.Kernels.Recurrent;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Recurrent;

/// <summary>A step of a long short-term memory, forward and backward, on random operands and gradients up to a largest one.</summary>
internal sealed class LstmRun
{
    public LstmRun(int rows, int units, int threads, float gradient = 3f)
    {
        int count = rows * units;
        X = FloatValues.Uniform(4 * count, 3f, 1);
        H = FloatValues.Uniform(4 * count, 3f, 2);
        C = FloatValues.Uniform(count, 3f, 3);
        DNext = FloatValues.Uniform(count, gradient, 4);
        DOutput = FloatValues.Uniform(count, gradient, 5);
        (Next, Output, DC) = (new float[count], new float[count], new float[count]);
        (DX, DH) = (new float[4 * count], new float[4 * count]);
        float[] gates = new float[3 * count];
        using var pool = new WorkerPool(threads);
        var values = new LstmValues
        {
            X = X,
            H = H,
            C = C,
            Next = Next,
            Output = Output,
            Gates = gates,
        };
        LstmCell.Forward(pool, units, values);
        var gradients = new LstmGradients
        {
            Gates = gates,
            Output = Output,
            C = C,
            DNext = DNext,
            DOutput = DOutput,
            DX = DX,
            DH = DH,
            DC = DC,
        };
        LstmCell.Backward(pool, units, gradients);
    }

    public float[] X { get; }

    public float[] H { get; }

    public float[] C { get; }

    public float[] Next { get; }

    public float[] Output { get; }

    public float[] DNext { get; }

    public float[] DOutput { get; }

    public float[] DX { get; }

    public float[] DH { get; }

    public float[] DC { get; }
}
