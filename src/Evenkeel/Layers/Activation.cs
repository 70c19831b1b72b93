namespace Evenkeel.Layers;

/// <summary>A nonlinearity between layers.</summary>
public abstract record Activation : UnaryFunction
{
    private protected Activation(string kind, bool gradientUsesOutput)
        : base(kind, gradientUsesOutput) { }

    /// <summary>Whether the gradient follows from the output alone, whichever of input and output a pass of its own reads.</summary>
    internal virtual bool OutputTellsGradient => GradientUsesOutput;
}

/// <summary>1 / (1 + e^-x).</summary>
public sealed record Sigmoid() : Activation("sigmoid", Kernels.Elementwise.Sigmoid.GradientUsesOutput);

/// <summary>The hyperbolic tangent.</summary>
public sealed record Tanh() : Activation("tanh", Kernels.Elementwise.Tanh.GradientUsesOutput);

/// <summary>max(x, 0).</summary>
public sealed record Relu() : Activation("relu", Kernels.Elementwise.Relu.GradientUsesOutput)
{
    internal override bool OutputTellsGradient => true;
}

/// <summary>x for x &gt; 0, slope * x elsewhere.</summary>
/// <param name="Slope">Slope for negative x.</param>
public sealed record LeakyRelu(float Slope = 0.01f)
    : Activation("leakyrelu", Kernels.Elementwise.LeakyRelu.GradientUsesOutput)
{
    internal override bool OutputTellsGradient => Slope >= 0;

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        float.IsFinite(Slope) ? inputs[0] : throw new ArgumentException($"the slope must be finite, not {Slope}");
}

/// <summary>x for x &gt; 0, alpha * (e^x - 1) elsewhere.</summary>
/// <param name="Alpha">Limit for very negative x, with the sign changed; above 0.</param>
public sealed record Elu(float Alpha = 1f) : Activation("elu", Kernels.Elementwise.Elu.GradientUsesOutput)
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        Alpha > 0 && float.IsFinite(Alpha)
            ? inputs[0]
            : throw new ArgumentException($"alpha must be finite and above 0, not {Alpha}");
}

/// <summary>min(max(x, Min), Max); ReLU6 with its default limits.</summary>
/// <param name="Min">Lower limit; may be minus infinity.</param>
/// <param name="Max">Upper limit; may be infinity.</param>
public sealed record Clip(float Min = 0, float Max = 6)
    : Activation("clip", Kernels.Elementwise.Clip.GradientUsesOutput)
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        Min <= Max ? inputs[0] : throw new ArgumentException($"the limits {Min} and {Max} are not in order");
}

/// <summary>min(max(slope * x + offset, 0), 1).</summary>
/// <param name="Slope">Slope of the line.</param>
/// <param name="Offset">Value at 0.</param>
public sealed record HardSigmoid(float Slope = 0.2f, float Offset = 0.5f)
    : Activation("hardsigmoid", Kernels.Elementwise.HardSigmoid.GradientUsesOutput)
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        float.IsFinite(Slope) && float.IsFinite(Offset)
            ? inputs[0]
            : throw new ArgumentException($"slope and offset must be finite, not {Slope} and {Offset}");
}

/// <summary>x * min(max(x + 3, 0), 6) / 6.</summary>
public sealed record HardSwish() : Activation("hardswish", Kernels.Elementwise.HardSwish.GradientUsesOutput);

/// <summary>ln(1 + e^x).</summary>
public sealed record Softplus() : Activation("softplus", Kernels.Elementwise.Softplus.GradientUsesOutput);

/// <summary>x / (1 + e^-x), also called SiLU.</summary>
public sealed record Swish() : Activation("swish", Kernels.Elementwise.Swish.GradientUsesOutput);

/// <summary>x times the normal distribution function of x.</summary>
public sealed record Gelu() : Activation("gelu", Kernels.Elementwise.Gelu.GradientUsesOutput);

/// <summary>x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))): the approximation of <see cref="Gelu"/> by a hyperbolic tangent.</summary>
public sealed record GeluTanh() : Activation("gelutanh", Kernels.Elementwise.GeluTanh.GradientUsesOutput);
