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

    /// <summary>Scale, shift and statistics must hold one value per channel each.</summary>
    public static void CheckNorm(
        int channels,
        ReadOnlySpan<float> gamma,
        ReadOnlySpan<float> beta,
        ReadOnlySpan<double> mean,
        ReadOnlySpan<double> variance
    )
    {
        CheckVector(channels, gamma.Length);
        CheckVector(channels, beta.Length);
        CheckVector(channels, mean.Length);
        CheckVector(channels, variance.Length);
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

    /// <summary>Where rows are further apart than they are wide, even the same memory overlaps.</summary>
    public static void CheckOverlap(
        ReadOnlySpan<float> dense,
        ReadOnlySpan<float> strided,
        int channels,
        int stride,
        [CallerArgumentExpression(nameof(strided))] string name = ""
    )
    {
        if (strided.Overlaps(dense, out int offset) && (offset != 0 || stride != channels))
            throw new ArgumentException(
                $"{name} overlaps a matrix {Math.Abs(offset)} values apart with rows {stride} apart; use other memory."
            );
    }

    /// <summary>Rows that lie <paramref name="stride"/> apart must all be there; what follows the last one may be, too.</summary>
    public static void CheckRows(
        int rows,
        int channels,
        int stride,
        int length,
        [CallerArgumentExpression(nameof(length))] string name = ""
    )
    {
        if (stride < channels)
            throw new ArgumentException(
                $"Rows of {channels} channels cannot lie {stride} apart; the stride is too small."
            );
        long needed = rows == 0 ? 0 : ((long)(rows - 1) * stride) + channels;
        if (length < needed)
            throw new ArgumentException(
                $"{name} is {length}, but {rows} rows of {channels} values, {stride} apart, need {needed}."
            );
    }

    /// <summary>The matrices of a backward pass; y counts only where the activation uses it.</summary>
    public static void CheckBackward<TAct>(
        int rows,
        int channels,
        int outputStride,
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> y,
        ReadOnlySpan<float> dy,
        ReadOnlySpan<float> dx
    )
        where TAct : struct, IActivation
    {
        CheckShape(rows, channels);
        CheckMatrix(rows, channels, x.Length);
        CheckRows(rows, channels, outputStride, dy.Length);
        CheckMatrix(rows, channels, dx.Length);
        CheckOverlap(x, dx);
        CheckOverlap(dx, dy, channels, outputStride);
        if (!TAct.GradientUsesOutput)
            return;
        CheckRows(rows, channels, outputStride, y.Length);
        CheckOverlap(dx, y, channels, outputStride);
    }
}
