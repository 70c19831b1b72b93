using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Norm;
using Evenkeel.Kernels.Recurrent;
using Evenkeel.Kernels.Tests.Lanes;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Recurrent;

/// <summary>A step of a cell whose gates are given normalised values: by passes of their own, and on the way in.</summary>
internal sealed class NormalizedLstmRun
{
    public NormalizedLstmRun(int rows, int units, int threads)
    {
        int gates = 4 * units;
        X = FloatValues.Uniform(rows * gates, 3f, 1);
        H = FloatValues.Uniform(rows * gates, 3f, 2);
        XCoefficients = FloatValues.Uniform(3 * gates, 1f, 6);
        HCoefficients = FloatValues.Uniform(3 * gates, 1f, 7);
        (OfX, OfH) = (new double[2 * gates], new double[2 * gates]);
        (Plain, Fused) = (new LstmBuffers(rows, units), new LstmBuffers(rows, units));
        using var pool = new WorkerPool(threads);
        NormCoefficients ofX = new(XCoefficients),
            ofH = new(HCoefficients);
        (float[] x, float[] h) = (new float[X.Length], new float[H.Length]);
        Normalize.Run(pool, default(Identity), new NormShape(rows, gates), X, ofX, x);
        Normalize.Run(pool, default(Identity), new NormShape(rows, gates), H, ofH, h);
        Plain.Forward(pool, x, h);
        Plain.Backward(pool);
        Fused.Forward(pool, X, H, ofX, ofH);
        Fused.Backward(pool, new GateSums(X, ofX, OfX), new GateSums(H, ofH, OfH));
    }

    public float[] X { get; }

    public float[] H { get; }

    public float[] XCoefficients { get; }

    public float[] HCoefficients { get; }

    public LstmBuffers Plain { get; }

    public LstmBuffers Fused { get; }

    public double[] OfX { get; }

    public double[] OfH { get; }
}
