using Evenkeel.Kernels.Reference;
using Evenkeel.Layers;
using Evenkeel.Operations;

namespace Evenkeel.Execution.Reference;

/// <summary>Steps of normalisation.</summary>
internal static partial class ReferenceBackend
{
    private static void AddNormalizations()
    {
        Add<LocalResponseForward>(
            (s, m) =>
                m[s.Y] = LocalResponseNormReference.Forward(
                    s.Shape.Channels,
                    s.Norm.Size,
                    s.Norm.Alpha,
                    s.Norm.Beta,
                    s.Norm.K,
                    m[s.X]
                )
        );
        Add<LocalResponseBackward>(
            (s, m) =>
                m[s.DX] = LocalResponseNormReference.Backward(
                    s.Shape.Channels,
                    s.Norm.Size,
                    s.Norm.Alpha,
                    s.Norm.Beta,
                    s.Norm.K,
                    m[s.X],
                    m[s.DY]
                )
        );
        Add<ExampleNormForward>(
            (s, m) =>
                (m[s.Y], m[s.Mean], m[s.Inverse]) = GroupNormReference.Forward(
                    s.Shape,
                    s.Epsilon,
                    m[s.X],
                    m[s.Scale],
                    m[s.Shift]
                )
        );
        Add<ExampleNormBackward>(
            (s, m) =>
                (m[s.DX], m[s.DScale], m[s.DShift]) = GroupNormReference.Backward(
                    s.Shape,
                    m[s.X],
                    m[s.Mean],
                    m[s.Inverse],
                    m[s.Scale],
                    m[s.DY]
                )
        );
        AddFolding();
        AddBatchNorm();
    }

    private static void AddFolding()
    {
        Add<FoldBatchNorm>(
            (s, m) =>
            {
                double[] deviation = [.. m[s.Norm.Variance].Select(v => Math.Sqrt(v + s.Epsilon))],
                    scale = Zip(m[s.Norm.Gamma], deviation, (g, d) => d > 0 ? g / d : 0),
                    centre = s.Norm.Bias is { } bias ? Zip(m[s.Norm.Mean], m[bias], (a, b) => a - b) : m[s.Norm.Mean];
                m[s.Scale] = scale;
                m[s.Shift] = Zip(m[s.Norm.Beta], Zip(scale, centre, (a, b) => a * b), (a, b) => a - b);
                m[s.FoldedW] = Scaled(m[s.W], scale);
            }
        );
    }

    private static double[] Scaled(double[] x, double[] scale) => [.. x.Select((v, i) => v * scale[i % scale.Length])];
}
