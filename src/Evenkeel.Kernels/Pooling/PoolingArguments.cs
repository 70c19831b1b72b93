using System.Runtime.CompilerServices;
using Evenkeel.Kernels.Loops;

namespace Evenkeel.Kernels.Pooling;

/// <summary>Checks of what a pooling kernel is given.</summary>
internal static class PoolingArguments
{
    /// <summary>The sizes of both images and their lengths; the output's positions may lie further apart.</summary>
    public static void Check(
        in PoolingShape shape,
        int batch,
        ReadOnlySpan<float> input,
        ReadOnlySpan<float> output,
        int outputStride
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(batch);
        shape.Validate();
        CheckLength(batch * shape.InputSize, input.Length, "input");
        if (batch * shape.OutputPositions > int.MaxValue)
            throw new ArgumentException(
                $"{batch} outputs of {shape.OutputPositions} positions are too many; use less."
            );
        int positions = (int)(batch * shape.OutputPositions);
        MatrixArguments.CheckRows(positions, shape.Channels, outputStride, output.Length);
        if (output.Overlaps(input))
            throw new ArgumentException("The input and the output of pooling overlap; use separate memory.");
    }

    /// <summary>The places of the largest values: a byte for every output.</summary>
    public static void CheckWinner(in PoolingShape shape, int batch, int length)
    {
        if (shape.WindowHeight * (long)shape.WindowWidth > 256)
            throw new ArgumentException(
                $"A window of {shape.WindowHeight} x {shape.WindowWidth} has more than the 256 places a byte can name."
            );
        CheckLength(batch * shape.OutputPositions * shape.Channels, length, "winner");
    }

    /// <summary>A length that must be met exactly.</summary>
    public static void CheckLength(
        long needed,
        int length,
        string what,
        [CallerArgumentExpression(nameof(needed))] string expression = ""
    )
    {
        if (length != needed)
            throw new ArgumentException($"The {what} has {length} values instead of {needed} ({expression}).");
    }
}
