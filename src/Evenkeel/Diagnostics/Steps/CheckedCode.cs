using System.Numerics.Tensors;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Optimizers;

namespace Evenkeel.Diagnostics.Steps;

/// <summary>A layer, an update and a loss by code of a caller: products and sums of a few floats, which no device computes otherwise.</summary>
internal static class CheckedCode
{
    /// <summary>Each value by a weight of its own.</summary>
    public static CustomLayer Scale { get; } =
        new(
            "scale",
            (x, weight, y) => TensorPrimitives.Multiply(x, weight, y),
            (x, weight, dy, dx, dWeight) =>
            {
                TensorPrimitives.Multiply(dy, weight, dx);
                TensorPrimitives.MultiplyAdd(dy, x, dWeight, dWeight);
            }
        )
        {
            ParameterCount = shape => shape.Count,
            Initializer = new NormalInitializer(1),
        };

    /// <summary>Descends at half the learning rate.</summary>
    public static void HalfStep(OptimizerStep step) =>
        TensorPrimitives.MultiplyAdd(step.Gradients, -0.5f * step.Rate, step.Parameters, step.Parameters);

    /// <summary>The product of output and target.</summary>
    public static float Product(ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient)
    {
        float sum = 0;
        for (int i = 0; i < output.Length; i++)
        {
            sum += output[i] * target[i];
            gradient[i] = target[i];
        }

        return sum;
    }

    /// <summary>What the output's values of one label in three add up to.</summary>
    public static float Share(ReadOnlySpan<float> output, ReadOnlySpan<int> labels, Span<float> gradient)
    {
        gradient.Clear();
        float sum = 0;
        for (int i = labels[0]; i < output.Length; i += 3)
        {
            sum += output[i];
            gradient[i] = 1;
        }

        return sum;
    }
}
