using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Recurrent;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Recurrent;

/// <summary>What a cell reads and writes beside the values that its gates are given, with random states and gradients.</summary>
internal sealed class LstmBuffers(int rows, int units)
{
    private readonly float[] _c = FloatValues.Uniform(rows * units, 3f, 3);
    private readonly float[] _dnext = FloatValues.Uniform(rows * units, 3f, 4);
    private readonly float[] _doutput = FloatValues.Uniform(rows * units, 3f, 5);

    public float[] Next { get; } = new float[rows * units];

    public float[] Output { get; } = new float[rows * units];

    public float[] Gates { get; } = new float[3 * rows * units];

    public float[] DX { get; } = new float[4 * rows * units];

    public float[] DC { get; } = new float[rows * units];

    public void Forward(WorkerPool pool, float[] x, float[] h) => LstmCell.Forward(pool, units, Values(x, h));

    public void Forward(WorkerPool pool, float[] x, float[] h, NormCoefficients ofX, NormCoefficients ofH) =>
        LstmCell.Forward(pool, units, Values(x, h), ofX, ofH);

    public void Backward(WorkerPool pool) => LstmCell.Backward(pool, units, Gradients);

    public void Backward(WorkerPool pool, GateSums ofX, GateSums ofH) =>
        LstmCell.Backward(pool, units, Gradients, ofX, ofH);

    private LstmValues Values(float[] x, float[] h) =>
        new()
        {
            X = x,
            H = h,
            C = _c,
            Next = Next,
            Output = Output,
            Gates = Gates,
        };

    private LstmGradients Gradients =>
        new()
        {
            Gates = Gates,
            Output = Output,
            C = _c,
            DNext = _dnext,
            DOutput = _doutput,
            DX = DX,
            DH = DX,
            DC = DC,
        };
}
