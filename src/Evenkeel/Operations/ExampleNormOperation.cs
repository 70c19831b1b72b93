using Evenkeel.Graphs;
using Evenkeel.Kernels.Norm;
using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Operations;

/// <summary>Normalisation within each example, with the sum and the activation behind it where they are fused in.</summary>
internal sealed record ExampleNormOperation(ExampleNorm Layer) : NormOperation<ExampleNorm>(Layer)
{
    /// <inheritdoc/>
    public override void Forward(ForwardContext context)
    {
        ExampleNormSite site = Site(context);
        int statistics = 2 * (context.InputShape(0).Count / site.Shape.Count) * site.Shape.Groups;
        context.Emit(
            new ExampleNormForward(
                context.Name,
                site,
                context.Input(0),
                Residual(context),
                context.Output,
                context.KeepPerExample("statistics", statistics, ElementType.Float64)
            )
        );
    }

    /// <inheritdoc/>
    public override void Backward(BackwardContext context)
    {
        ExampleNormSite site = Site(context);
        BufferId? dx = context.InputGradient(0),
            dscale = context.TensorGradient("weight"),
            dshift = context.TensorGradient("bias"),
            residual = ResidualGradient(context);
        if (dx is null && dscale is null && residual is null)
            return;
        var gradients = new AffineBuffers(
            dscale ?? context.Discard("dscale", 0, site.Shape.Channels),
            dshift ?? context.Discard("dshift", 0, site.Shape.Channels)
        );
        context.Emit(
            new ExampleNormBackward(
                context.Name,
                site,
                context.Input(0),
                Read(context),
                context.OutputGradient,
                context.Kept("statistics"),
                dx ?? context.Discard("dx", context.InputShape(0).Count, 0),
                gradients,
                residual
            )
        );
    }

    private ExampleNormSite Site(LoweringContext context) =>
        new(
            Layer.Together(context.InputShape(0)),
            Layer.Epsilon,
            Fused,
            new(context.Tensor("weight"), context.Tensor("bias"))
        );
}

/// <summary>What both passes of a normalisation within examples know.</summary>
/// <param name="Shape">What is normalised together.</param>
/// <param name="Epsilon">Added to the variance.</param>
/// <param name="Fused">Activation computed in the same pass, or null.</param>
/// <param name="Affine">Scale and shift.</param>
internal sealed record ExampleNormSite(GroupNormShape Shape, float Epsilon, Activation? Fused, AffineBuffers Affine);

/// <summary>y = g(normalised x + residual), and the statistics: the means of each block and group, then the inverse deviations.</summary>
internal sealed record ExampleNormForward(
    string Layer,
    ExampleNormSite Site,
    BufferId X,
    BufferId? Residual,
    BufferId Y,
    BufferId Statistics
)
    : Step(
        Layer,
        Residual is { } residual
            ? [X, residual, Site.Affine.Gamma, Site.Affine.Beta]
            : [X, Site.Affine.Gamma, Site.Affine.Beta],
        [Y, Statistics]
    );

/// <summary>dx, the gradients of scale and shift, and that of the residual, if there is one.</summary>
internal sealed record ExampleNormBackward(
    string Layer,
    ExampleNormSite Site,
    BufferId X,
    BufferId? Y,
    BufferId DY,
    BufferId Statistics,
    BufferId DX,
    AffineBuffers Gradients,
    BufferId? DResidual
)
    : Step(
        Layer,
        Y is { } y
            ? [X, y, DY, Statistics, Site.Affine.Gamma, Site.Affine.Beta]
            : [X, DY, Statistics, Site.Affine.Gamma, Site.Affine.Beta],
        DResidual is { } residual
            ? [DX, Gradients.Gamma, Gradients.Beta, residual]
            : [DX, Gradients.Gamma, Gradients.Beta]
    );
