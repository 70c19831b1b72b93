using System.Runtime.CompilerServices;

namespace Evenkeel.Kernels.Loops;

/// <summary>Checks of the matrices and vectors that a kernel is given.</summary>
internal static class MatrixArguments
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

    /// <summary>A dense matrix must hold exactly its values; rows further apart must at least all be there.</summary>
    public static void CheckStrided(
        int rows,
        int channels,
        int stride,
        int length,
        [CallerArgumentExpression(nameof(length))] string name = ""
    )
    {
        if (stride == channels)
            CheckMatrix(rows, channels, length, name);
        else
            CheckRows(rows, channels, stride, length, name);
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
}
