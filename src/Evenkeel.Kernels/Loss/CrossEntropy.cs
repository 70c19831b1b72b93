using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Loss;

/// <summary>Softmax followed by the cross-entropy against one label per row. A row without a label has no loss and no gradient.</summary>
public static unsafe class CrossEntropy
{
    /// <summary>The label of a row that has none.</summary>
    public const int NoLabel = -1;

    /// <summary>
    /// p[r, c] = e^(z[r, c] - max z[r]) / sum; loss[r] = log(sum of e^(z[r, c] - max)) - (z[r, label] - max). No finite
    /// logits overflow; a row with NaN or plus infinity gives NaN.
    /// </summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="rows">Number of rows, at least 0.</param>
    /// <param name="classes">Number of classes, at least 1.</param>
    /// <param name="logits">Logits z, [rows, classes].</param>
    /// <param name="labels">The class of each row, 0 to classes - 1, or <see cref="NoLabel"/>.</param>
    /// <param name="probabilities">Receives p, [rows, classes]; may be the memory of <paramref name="logits"/>.</param>
    /// <param name="losses">Receives the loss of each row, in nats; not averaged. 0 without a label.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the shape, or a label is out of range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is out of range.</exception>
    public static void Forward(
        WorkerPool pool,
        int rows,
        int classes,
        ReadOnlySpan<float> logits,
        ReadOnlySpan<int> labels,
        Span<float> probabilities,
        Span<float> losses
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        CheckShape(rows, classes, labels);
        CheckMatrix(rows, classes, logits.Length, nameof(logits));
        CheckMatrix(rows, classes, probabilities.Length, nameof(probabilities));
        SpanCheck.SameOrApart(logits, probabilities, nameof(logits), nameof(probabilities));
        if (losses.Length != rows)
            throw new ArgumentException(
                $"losses has {losses.Length} elements; {rows} rows need {rows}.",
                nameof(losses)
            );
        fixed (float* z = logits)
        fixed (float* p = probabilities)
        fixed (float* loss = losses)
        fixed (int* label = labels)
            WidestLanes.Run(new SoftmaxForwardPass(pool, rows, classes, z, label, p, loss));
    }

    /// <summary>dz[r, c] = scale * (p[r, c] - (c == label[r] ? 1 : 0)), and 0 without a label.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="rows">Number of rows, at least 0.</param>
    /// <param name="classes">Number of classes, at least 1.</param>
    /// <param name="probabilities">Probabilities p of the forward pass, [rows, classes].</param>
    /// <param name="labels">The class of each row, 0 to classes - 1, or <see cref="NoLabel"/>.</param>
    /// <param name="scale">Weight of each row's loss: 1 / rows for the gradient of the mean.</param>
    /// <param name="dlogits">
    /// Receives the gradients with respect to the logits, [rows, classes]; may be the memory of
    /// <paramref name="probabilities"/>.
    /// </param>
    /// <exception cref="ArgumentException">A span's length does not fit the shape, or a label is out of range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is out of range.</exception>
    public static void Backward(
        WorkerPool pool,
        int rows,
        int classes,
        ReadOnlySpan<float> probabilities,
        ReadOnlySpan<int> labels,
        float scale,
        Span<float> dlogits
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        CheckShape(rows, classes, labels);
        CheckMatrix(rows, classes, probabilities.Length, nameof(probabilities));
        CheckMatrix(rows, classes, dlogits.Length, nameof(dlogits));
        SpanCheck.SameOrApart(probabilities, dlogits, nameof(probabilities), nameof(dlogits));
        fixed (float* p = probabilities)
        fixed (float* dz = dlogits)
        fixed (int* label = labels)
            WidestLanes.Run(new SoftmaxBackwardPass(pool, rows, classes, p, label, scale, dz));
    }

    internal static void CheckShape(int rows, int classes, ReadOnlySpan<int> labels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        if (labels.Length != rows)
            throw new ArgumentException(
                $"labels has {labels.Length} elements; {rows} rows need {rows}.",
                nameof(labels)
            );
        for (int row = 0; row < labels.Length; row++)
        {
            if (labels[row] != NoLabel && (uint)labels[row] >= (uint)classes)
                throw new ArgumentException(
                    $"The label of row {row} is {labels[row]}; with {classes} classes it must be 0 to {classes - 1}, or {NoLabel} for none.",
                    nameof(labels)
                );
        }
    }

    internal static void CheckMatrix(int rows, int classes, int length, string name)
    {
        if (length != (long)rows * classes)
            throw new ArgumentException(
                $"{name} has {length} elements; {rows} rows of {classes} classes need {(long)rows * classes}.",
                name
            );
    }
}
