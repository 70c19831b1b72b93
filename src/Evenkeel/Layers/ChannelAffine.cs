using Evenkeel.Graphs;
using Evenkeel.Kernels.Norm;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>
/// y = scale * x + shift per channel: what batch normalisation becomes once its statistics are fixed (Algorithm 2, line 11).
/// </summary>
public sealed record ChannelAffine() : Layer("affine"), IOperation
{
    /// <summary>Whether training may change scale and shift.</summary>
    public bool Trainable { get; init; } = true;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    /// <inheritdoc/>
    public override IReadOnlyList<TensorSpec> Tensors(ReadOnlySpan<Shape> inputs) =>
        TensorSpec.ScaleAndShift([inputs[0].Channels], Trainable);

    void IOperation.Forward(ForwardContext context)
    {
        NormSite site = Site(context);
        BufferId coefficients = context.Keep("coefficients", NormCoefficients.Length(site.Channels));
        var affine = new AffineBuffers(context.Tensor("weight"), context.Tensor("bias"));
        context.Emit(new AffineCoefficients(context.Name, affine, coefficients));
        context.Emit(new NormalizeForward(context.Name, site, context.Input(0), null, coefficients, context.Output));
    }

    void IOperation.Backward(BackwardContext context)
    {
        BufferId? dx = context.InputGradient(0),
            dscale = context.TensorGradient("weight"),
            dshift = context.TensorGradient("bias");
        if (dx is null && dscale is null)
            return;
        NormSite site = Site(context);
        var pass = new NormBackward(
            context.Name,
            site,
            context.Input(0),
            null,
            context.OutputGradient,
            context.Kept("coefficients")
        );
        BufferId sums = context.TemporaryVector("sums", 2 * site.Channels, ElementType.Float64);
        var gradients = new AffineBuffers(
            dscale ?? context.Discard("dscale", 0, site.Channels),
            dshift ?? context.Discard("dshift", 0, site.Channels)
        );
        BufferId target = dx ?? context.Discard("dx", site.Positions * site.Channels, 0);
        context.Emit(new FrozenGradientSums(pass, sums, target));
        context.Emit(new AffineGradientCoefficients(context.Name, sums, gradients));
    }

    private static NormSite Site(LoweringContext context) =>
        new(context.InputShape(0).Positions, context.InputShape(0).Channels, null);
}
