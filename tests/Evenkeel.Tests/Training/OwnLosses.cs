using System.Numerics.Tensors;

namespace Evenkeel.Tests.Training;

/// <summary>Losses by code of a caller, for floats and for labels.</summary>
internal static class OwnLosses
{
    /// <summary>Of the sum of the outputs and one float.</summary>
    public static float SquareOfSum(ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient)
    {
        float error = TensorPrimitives.Sum(output) - target[0];
        gradient.Fill(2 * error);
        return error * error;
    }

    /// <summary>The logistic loss of the first output, by one of two classes; the other outputs are to be small.</summary>
    public static float Margin(ReadOnlySpan<float> output, ReadOnlySpan<int> label, Span<float> gradient)
    {
        TensorPrimitives.Multiply(output, 2, gradient);
        float sign = (2 * label[0]) - 1,
            power = MathF.Exp(-sign * output[0]);
        gradient[0] = -sign * power / (1 + power);
        return MathF.Log(1 + power) + TensorPrimitives.SumOfSquares(output[1..]);
    }

    /// <summary>Five labels, each of which draws one output towards it.</summary>
    public static float Parts(ReadOnlySpan<float> output, ReadOnlySpan<int> labels, Span<float> gradient)
    {
        gradient.Clear();
        float sum = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            float error = output[i % output.Length] - labels[i];
            sum += error * error;
            gradient[i % output.Length] += 2 * error;
        }

        return sum;
    }

    /// <summary>The mean of squared errors.</summary>
    public static float Squares(ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient)
    {
        float sum = 0;
        for (int i = 0; i < output.Length; i++)
        {
            float error = output[i] - target[i];
            sum += error * error / output.Length;
            gradient[i] = 2 * error / output.Length;
        }

        return sum;
    }
}
