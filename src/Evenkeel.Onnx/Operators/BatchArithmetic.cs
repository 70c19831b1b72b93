namespace Evenkeel.Onnx.Operators;

/// <summary>
/// Arithmetic with the size of the batch, which no file fixes: a result is taken where it is the same number, or the batch again, for every
/// batch.
/// </summary>
internal static class BatchArithmetic
{
    // Far above any size that a file compares with.
    private const long Large = 1_000_003;

    /// <summary>The result of an operation on whole numbers, the size of the batch among them.</summary>
    public static long Of(Func<long, long, long> operation, long a, long b)
    {
        if (a != ConstantTensor.BatchSize && b != ConstantTensor.BatchSize)
            return operation(a, b);
        // Whole numbers compared with another one change their answer at it, and nowhere else.
        long other = a != ConstantTensor.BatchSize ? a : b;
        long around = other is ConstantTensor.BatchSize or < 1 or > Large ? 1 : other;
        long[] batches = [1, 2, 3, Math.Max(1, around - 1), around, around + 1, Large];
        long[] results = [.. batches.Select(n => operation(Filled(a, n), Filled(b, n)))];
        if (results.SequenceEqual(batches))
            return ConstantTensor.BatchSize;
        return results.All(r => r == results[0])
            ? results[0]
            : throw new UnsupportedException("it depends on the batch size");
    }

    private static long Filled(long value, long batch) => value == ConstantTensor.BatchSize ? batch : value;
}
