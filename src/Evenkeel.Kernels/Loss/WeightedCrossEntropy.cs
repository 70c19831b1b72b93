using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Loops;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Loss;

/// <summary>Softmax followed by the cross-entropy against smoothed labels, with weights of classes; <see cref="CrossEntropy"/> is the case without.</summary>
public static unsafe class WeightedCrossEntropy
{
    /// <summary>
    /// p is the softmax of each row; loss[r] = sum over c of q[r, c] * -log p[r, c], where q is what <paramref name="targets"/> aims at; 0 without a label.
    /// </summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="targets">What the rows are to be.</param>
    /// <param name="logits">[rows, classes].</param>
    /// <param name="probabilities">Receives p, [rows, classes]; apart from <paramref name="logits"/>.</param>
    /// <param name="losses">Receives the loss of each row.</param>
    /// <exception cref="ArgumentException">A span's length does not fit, spans overlap, or a label is out of range.</exception>
    public static void Forward(
        WorkerPool pool,
        ClassTargets targets,
        ReadOnlySpan<float> logits,
        Span<float> probabilities,
        Span<float> losses
    )
    {
        (int rows, int classes) = (targets.Labels.Length, targets.Weights.Length);
        if (logits.Overlaps(probabilities))
            throw new ArgumentException(
                "The logits are read once more; keep the probabilities apart.",
                nameof(probabilities)
            );
        CrossEntropy.Forward(pool, rows, classes, logits, targets.Labels, probabilities, losses);
        fixed (
            float* z = logits,
                loss = losses,
                weights = targets.Weights
        )
        fixed (int* labels = targets.Labels)
            WidestLanes.Run(
                new WeighLossesPass(pool, rows, new AimedAt(classes, labels, weights, targets.Smoothing), z, loss)
            );
    }

    /// <summary>dz[r, c] = scale * (p[r, c] * sum over k of q[r, k] - q[r, c]): scale times the gradient of the row's loss; 0 without a label.</summary>
    /// <param name="pool">Threads to use; the result does not depend on their number.</param>
    /// <param name="targets">What the rows are to be.</param>
    /// <param name="scale">A factor of all gradients.</param>
    /// <param name="probabilities">p of the forward pass, [rows, classes].</param>
    /// <param name="dlogits">Receives the gradients, [rows, classes]; may be the memory of <paramref name="probabilities"/>.</param>
    /// <exception cref="ArgumentException">A span's length does not fit, spans overlap, or a label is out of range.</exception>
    public static void Backward(
        WorkerPool pool,
        ClassTargets targets,
        float scale,
        ReadOnlySpan<float> probabilities,
        Span<float> dlogits
    )
    {
        ArgumentNullException.ThrowIfNull(pool);
        (int rows, int classes) = (targets.Labels.Length, targets.Weights.Length);
        CrossEntropy.CheckShape(rows, classes, targets.Labels);
        CrossEntropy.CheckMatrix(rows, classes, probabilities.Length, nameof(probabilities));
        CrossEntropy.CheckMatrix(rows, classes, dlogits.Length, nameof(dlogits));
        SpanCheck.SameOrApart(probabilities, dlogits, nameof(probabilities), nameof(dlogits));
        fixed (
            float* p = probabilities,
                dz = dlogits,
                weights = targets.Weights
        )
        fixed (int* labels = targets.Labels)
            WidestLanes.Run(
                new WeightedGradientPass(
                    pool,
                    rows,
                    new AimedAt(classes, labels, weights, targets.Smoothing),
                    scale,
                    p,
                    dz
                )
            );
    }
}
