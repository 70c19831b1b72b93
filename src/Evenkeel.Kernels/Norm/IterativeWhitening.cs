using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// W = P_T / sqrt(tr S) by Newton's iterations on N = S / tr S: P_0 = I, P_k+1 = (3 P_k - P_k^3 N) / 2 (IterNorm, Huang et al. 2019). W approaches
/// S^(-1/2), along small eigenvalues last. The iterations are computed in the coupled form with Y_k = N P_k, which is the same in exact
/// arithmetic and does not amplify rounding (Higham, Functions of Matrices, section 6.3).
/// </summary>
/// <param name="Iterations">T, 1 or more; the paper's is 5.</param>
public sealed record IterativeWhitening(int Iterations) : WhiteningMethod
{
    /// <summary>Matrices of all iterations, and the trace.</summary>
    public override int StateLength(int size) => checked((2 * Iterations * size * size) + 1);

    private protected override unsafe void Forward(
        WorkerPool pool,
        WhiteningShape shape,
        double smallest,
        Span<double> matrices,
        Span<double> state
    )
    {
        nint square = (nint)shape.Size * shape.Size;
        using Scratch lent = pool.Scratch((nuint)(square * shape.Groups) * sizeof(double));
        fixed (double* ms = matrices)
        fixed (double* states = state)
        {
            var kept = new IterativeStates(states, shape.Size, Iterations);
            MatrixOperand matrix = new(ms, square),
                mixed = new((double*)lent.Pointer, square);
            Start(shape, kept, matrix);
            for (int k = 1; k < Iterations; k++)
            {
                // M = (3 I - P_k-1 Y_k-1) / 2 takes Y_k-1 to Y_k and P_k to P_k+1; the first is P_1 itself.
                SquareProducts.Run(pool, shape, kept.Y(k - 1), k > 1 ? mixed : kept.P(1), kept.Y(k));
                SquareProducts.Run(pool, shape, kept.P(k), kept.Y(k), mixed);
                Correct(shape, mixed);
                SquareProducts.Run(pool, shape, mixed, kept.P(k), kept.P(k + 1));
            }

            End(shape, kept, matrix);
        }
    }

    private protected override unsafe void Backward(
        WorkerPool pool,
        WhiteningShape shape,
        ReadOnlySpan<double> state,
        Span<double> gradients
    )
    {
        nint square = (nint)shape.Size * shape.Size,
            room = (4 * square) + 1;
        using Scratch lent = pool.Scratch((nuint)(room * shape.Groups) * sizeof(double));
        double* scratch = (double*)lent.Pointer;
        fixed (double* gs = gradients)
        fixed (double* states = state)
        {
            var kept = new IterativeStates(states, shape.Size, Iterations);
            MatrixOperand gradient = new(gs, square),
                once = new(scratch, room),
                twice = new(scratch + square, room),
                term = new(scratch + (2 * square), room),
                // That of N, then that of the trace.
                sum = new(scratch + (3 * square), room);
            Unscale(shape, kept, gradient, sum);
            for (int k = Iterations - 1; k > 0; k--)
            {
                // With J = P G and K = P J the gradient of N is -P K / 2, and that of P is (3 G - (J + J^T) Y - K N) / 2, their symmetric parts.
                SquareProducts.Run(pool, shape, kept.P(k), gradient, once);
                SquareProducts.Run(pool, shape, kept.P(k), once, twice);
                SquareProducts.Run(pool, shape, kept.P(k), twice, term);
                AddSymmetric(shape, -0.5, term, sum);
                MirrorSum(shape, once);
                SquareProducts.Run(pool, shape, once, kept.Y(k), term);
                SquareProducts.Run(pool, shape, twice, kept.Y(0), once);
                Scale(shape, 1.5, gradient);
                AddSymmetric(shape, -0.5, term, gradient);
                AddSymmetric(shape, -0.5, once, gradient);
            }

            AddSymmetric(shape, -0.5, gradient, sum);
            Rescale(shape, kept, sum, gradient);
        }
    }

    // N = S / tr S and P_1 = (3 I - N) / 2.
    private static unsafe void Start(WhiteningShape shape, IterativeStates kept, MatrixOperand matrices)
    {
        int size = shape.Size;
        for (int group = 0; group < shape.Groups; group++)
        {
            double* matrix = matrices.Of(group),
                normed = kept.Y(0).Of(group),
                next = kept.P(1).Of(group);
            double trace = 0;
            for (int i = 0; i < size; i++)
                trace += matrix[((nint)i * size) + i];
            kept.Trace(group) = trace;
            for (nint i = 0; i < (nint)size * size; i++)
            {
                normed[i] = matrix[i] / trace;
                next[i] = normed[i];
            }
        }

        Correct(shape, kept.P(1));
    }

    private static unsafe void End(WhiteningShape shape, IterativeStates kept, MatrixOperand matrices)
    {
        int size = shape.Size;
        for (int group = 0; group < shape.Groups; group++)
        {
            double factor = 1 / Math.Sqrt(kept.Trace(group));
            new Span<double>(matrices.Of(group), size * size).Clear();
            AddSymmetric(size, factor, kept.Last.Of(group), matrices.Of(group));
        }
    }

    // (3 I - a) / 2 in the place of a.
    private static unsafe void Correct(WhiteningShape shape, MatrixOperand matrices)
    {
        Scale(shape, -0.5, matrices);
        for (int group = 0; group < shape.Groups; group++)
        {
            double* matrix = matrices.Of(group);
            for (int i = 0; i < shape.Size; i++)
                matrix[((nint)i * shape.Size) + i] += 1.5;
        }
    }

    // From the gradient of W to that of P_T; that of N is 0 so far, and that of the trace comes from the root.
    private static unsafe void Unscale(
        WhiteningShape shape,
        IterativeStates kept,
        MatrixOperand gradients,
        MatrixOperand sums
    )
    {
        int square = shape.Size * shape.Size;
        for (int group = 0; group < shape.Groups; group++)
        {
            double* gradient = gradients.Of(group),
                sum = sums.Of(group);
            double trace = kept.Trace(group),
                factor = 1 / Math.Sqrt(trace);
            for (int i = 0; i < square; i++)
                gradient[i] *= factor;
            new Span<double>(sum, square).Clear();
            sum[square] = -0.5 / trace * DoubleRows.Dot(gradient, kept.Last.Of(group), square);
        }
    }

    // From the gradients of N and of the trace to that of S.
    private static unsafe void Rescale(
        WhiteningShape shape,
        IterativeStates kept,
        MatrixOperand sums,
        MatrixOperand gradients
    )
    {
        int size = shape.Size,
            square = size * size;
        for (int group = 0; group < shape.Groups; group++)
        {
            double* gradient = gradients.Of(group),
                sum = sums.Of(group);
            double trace = kept.Trace(group),
                ofTrace = sum[square] - (DoubleRows.Dot(sum, kept.Y(0).Of(group), square) / trace);
            for (int i = 0; i < square; i++)
                gradient[i] = sum[i] / trace;
            for (int i = 0; i < size; i++)
                gradient[(i * size) + i] += ofTrace;
        }
    }

    private static unsafe void Scale(WhiteningShape shape, double factor, MatrixOperand matrices)
    {
        for (int group = 0; group < shape.Groups; group++)
        {
            double* matrix = matrices.Of(group);
            for (nint i = 0; i < (nint)shape.Size * shape.Size; i++)
                matrix[i] *= factor;
        }
    }

    // a + a^T in the place of a.
    private static unsafe void MirrorSum(WhiteningShape shape, MatrixOperand matrices)
    {
        nint size = shape.Size;
        for (int group = 0; group < shape.Groups; group++)
        {
            double* matrix = matrices.Of(group);
            for (nint i = 0; i < size; i++)
            {
                for (nint j = 0; j <= i; j++)
                    matrix[(i * size) + j] = matrix[(j * size) + i] = matrix[(i * size) + j] + matrix[(j * size) + i];
            }
        }
    }

    private static unsafe void AddSymmetric(
        WhiteningShape shape,
        double factor,
        MatrixOperand sources,
        MatrixOperand targets
    )
    {
        for (int group = 0; group < shape.Groups; group++)
            AddSymmetric(shape.Size, factor, sources.Of(group), targets.Of(group));
    }

    // target += factor (source + source^T) / 2.
    private static unsafe void AddSymmetric(nint size, double factor, double* source, double* target)
    {
        for (nint i = 0; i < size; i++)
        {
            for (nint j = 0; j < size; j++)
                target[(i * size) + j] += 0.5 * factor * (source[(i * size) + j] + source[(j * size) + i]);
        }
    }
}
