using Evenkeel.Kernels.Reference;
using Evenkeel.Layers;
using Evenkeel.Lowering;
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
        AddExampleNorm();
        AddFolding();
        AddBatchNorm();
        AddWhitening();
    }

    private static double[] Normalized(ExampleNormSite site, ReferenceMemory m, BufferId x, BufferId statistics) =>
        GroupNormReference.Forward(site.Shape, m[x], m[statistics], m[site.Affine.Gamma], m[site.Affine.Beta]);

    private static void AddExampleNorm()
    {
        Add<ExampleNormForward>(
            (s, m) =>
            {
                m[s.Statistics] = GroupNormReference.Statistics(s.Site.Shape, s.Site.Epsilon, m[s.X]);
                double[] sum = Normalized(s.Site, m, s.X, s.Statistics);
                if (s.Residual is { } residual)
                    sum = Zip(sum, m[residual], (a, b) => a + b);
                m[s.Y] = Values(s.Site.Fused, sum);
            }
        );
        Add<ExampleNormBackward>(
            (s, m) =>
            {
                double[] kept = s.Y is { } y ? m[y] : Normalized(s.Site, m, s.X, s.Statistics),
                    d = Gradients(s.Site.Fused, kept, m[s.DY]);
                (m[s.DX], m[s.Gradients.Gamma], m[s.Gradients.Beta]) = GroupNormReference.Backward(
                    s.Site.Shape,
                    m[s.X],
                    m[s.Statistics],
                    m[s.Site.Affine.Gamma],
                    d
                );
                if (s.DResidual is { } residual)
                    m[residual] = d;
            }
        );
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
