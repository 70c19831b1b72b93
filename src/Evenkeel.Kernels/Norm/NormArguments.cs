using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Elementwise;

namespace Evenkeel.Kernels.Norm;

/// <summary>Checks of the sizes of what a kernel is given.</summary>
internal static class NormArguments
{
    /// <summary>Both counts must make sense, and their product must fit a span.</summary>
    public static void CheckShape(int rows, int channels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        if ((long)rows * channels > int.MaxValue)
            throw new ArgumentException($"[{rows}, {channels}] has more than {int.MaxValue} values; use fewer rows.");
    }

    /// <summary>A matrix must hold exactly rows * channels values.</summary>
    public static void CheckMatrix(
        int rows,
        int channels,
        int length,
        [CallerArgumentExpression(nameof(length))] string name = ""
    )
    {
        if (length != rows * channels)
            throw new ArgumentException(
                $"{name} is {length}, but [{rows}, {channels}] needs {rows * channels} values."
            );
    }

    /// <summary>A vector must hold exactly one value per channel.</summary>
    public static void CheckVector(
        int channels,
        int length,
        [CallerArgumentExpression(nameof(length))] string name = ""
    )
    {
        if (length != channels)
            throw new ArgumentException($"{name} is {length}, but {channels} channels need one value each.");
    }

    /// <summary>Epsilon is added to variances: it cannot be negative, infinite or NaN.</summary>
    public static void CheckEpsilon(float epsilon)
    {
        if (!(epsilon >= 0 && float.IsFinite(epsilon)))
            throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "epsilon must be finite and at least 0.");
    }

    /// <summary>An output may be the input's very memory or apart from it, nothing between.</summary>
    public static void CheckOverlap(
        ReadOnlySpan<float> input,
        ReadOnlySpan<float> output,
        [CallerArgumentExpression(nameof(output))] string name = ""
    )
    {
        if (output.Overlaps(input, out int offset) && offset != 0)
            throw new ArgumentException(
                $"{name} overlaps an input {Math.Abs(offset)} values apart; use the same or other memory."
            );
    }

    /// <summary>The matrices of a backward pass; y counts only where the activation uses it.</summary>
    public static void CheckBackward<TAct>(
        int rows,
        int channels,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> dx
    )
        where TAct : struct, IActivation
    {
        CheckShape(rows, channels);
        CheckMatrix(rows, channels, x.Length);
        CheckMatrix(rows, channels, dy.Length);
        CheckMatrix(rows, channels, dx.Length);
        CheckOverlap(x, dx);
        CheckOverlap(dy, dx);
        if (!TAct.GradientUsesOutput)
            return;
        CheckMatrix(rows, channels, y.Length);
        CheckOverlap(y, dx);
    }
}
