using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Normalization;

namespace Evenkeel.Diagnostics;

/// <summary>Copies of one normalisation's numbers, per channel. Variances of a layer that whitens are those in its covariance.</summary>
internal sealed record BatchNormTensors(float[] Gamma, float[] Beta, float[] Mean, float[] Variance, long Updates)
{
    /// <summary>The running covariance of a layer that whitens; null of batch normalisation.</summary>
    public GroupCovariance? Covariance { get; private init; }

    /// <summary>Those of a layer that <see cref="NormNodes"/> names.</summary>
    public static BatchNormTensors Of(Model model, Node node)
    {
        GroupCovariance? covariance = node.Layer is WhiteningNorm norm
            ? new GroupCovariance(
                norm.ShapeOf(node.Shape),
                [.. model.Floats($"{node.Name}.running_cov").ToArray().Select(v => (double)v)]
            )
            : null;
        return new(
            model.Floats($"{node.Name}.weight").ToArray(),
            model.Floats($"{node.Name}.bias").ToArray(),
            model.Floats($"{node.Name}.running_mean").ToArray(),
            covariance is null
                ? model.Floats($"{node.Name}.running_var").ToArray()
                : [.. covariance.Variances.Select(v => (float)v)],
            model.Integers($"{node.Name}.num_batches_tracked")[0]
        )
        {
            Covariance = covariance,
        };
    }
}
