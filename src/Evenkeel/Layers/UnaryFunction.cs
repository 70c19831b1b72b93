using Evenkeel.Graphs;
using Evenkeel.Lowering;

namespace Evenkeel.Layers;

/// <summary>A function applied to each value; the shape stays.</summary>
public abstract record UnaryFunction : Layer, IOperation
{
    private protected UnaryFunction(string kind, bool gradientUsesOutput)
        : base(kind) => GradientUsesOutput = gradientUsesOutput;

    /// <summary>Whether the gradient is computed from the output (which is then kept) rather than from the input.</summary>
    public bool GradientUsesOutput { get; }

    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) => inputs[0];

    void IOperation.Forward(ForwardContext context) =>
        context.Emit(
            new ActivationForward(context.Name, this, context.InputShape(0).Count, context.Input(0), context.Output)
        );

    void IOperation.Backward(BackwardContext context)
    {
        if (context.InputGradient(0) is not { } dx)
            return;
        BufferId kept = GradientUsesOutput ? context.Output : context.Input(0);
        context.Emit(
            new ActivationBackward(context.Name, this, context.InputShape(0).Count, kept, context.OutputGradient, dx)
        );
    }
}

/// <summary>e^x.</summary>
public sealed record Exp() : UnaryFunction("exp", Kernels.Elementwise.Exp.GradientUsesOutput);

/// <summary>ln x: minus infinity at 0, NaN below.</summary>
public sealed record Log() : UnaryFunction("log", Kernels.Elementwise.Log.GradientUsesOutput);

/// <summary>The square root; NaN below 0.</summary>
public sealed record Sqrt() : UnaryFunction("sqrt", Kernels.Elementwise.SquareRoot.GradientUsesOutput);

/// <summary>1 / x.</summary>
public sealed record Reciprocal() : UnaryFunction("reciprocal", Kernels.Elementwise.Reciprocal.GradientUsesOutput);

/// <summary>|x|.</summary>
public sealed record Abs() : UnaryFunction("abs", Kernels.Elementwise.AbsoluteValue.GradientUsesOutput);

/// <summary>The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x.</summary>
public sealed record Erf() : UnaryFunction("erf", Kernels.Elementwise.ErrorFunction.GradientUsesOutput);

/// <summary>x^exponent: NaN for x below 0 unless the exponent is a whole number.</summary>
/// <param name="Exponent">The same for all values; finite.</param>
public sealed record Power(float Exponent) : UnaryFunction("power", Kernels.Elementwise.Power.GradientUsesOutput)
{
    /// <inheritdoc/>
    public override Shape InferShape(ReadOnlySpan<Shape> inputs) =>
        float.IsFinite(Exponent)
            ? inputs[0]
            : throw new ArgumentException($"the exponent must be finite, not {Exponent}");
}

/// <summary>y = g(x).</summary>
internal sealed record ActivationForward(string Layer, UnaryFunction Function, int PerExample, BufferId X, BufferId Y)
    : Step(Layer, [X], [Y]);

/// <summary>dx = dy * g'.</summary>
internal sealed record ActivationBackward(
    string Layer,
    UnaryFunction Function,
    int PerExample,
    BufferId Kept,
    BufferId DY,
    BufferId DX
) : Step(Layer, [Kept, DY], [DX]);
