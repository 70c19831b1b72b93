using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// W = S^(-1/2), by eigenvalues ("zero-phase component analysis", as decorrelated batch normalisation uses it: Huang et al. 2018). With S = D L D^T
/// and s = sqrt(L), the gradient of S is D (P o (D^T G D)) D^T with P_ij = -1 / (s_i s_j (s_i + s_j)), the divided difference of the inverse
/// root. It has no 1 / (l_i - l_j), so equal eigenvalues do no harm.
/// </summary>
public sealed record ZcaWhitening : WhiteningMethod
{
    /// <summary>A row for each eigenvector, then the roots of the eigenvalues.</summary>
    public override int StateLength(int size) => checked((size * size) + size);

    private protected override unsafe void Forward(
        WorkerPool pool,
        WhiteningShape shape,
        double smallest,
        Span<double> matrices,
        Span<double> state
    )
    {
        int size = shape.Size;
        nint square = (nint)size * size,
            room = square + SymmetricEigen.WorkLength(size);
        using Scratch lent = pool.Scratch((nuint)(room * shape.Groups) * sizeof(double));
        var divided = new MatrixOperand((double*)lent.Pointer, room);
        fixed (double* ms = matrices)
        fixed (double* states = state)
        {
            MatrixOperand vectors = new(states, StateLength(size)),
                matrix = new(ms, square);
            pool.For(shape.Groups, new Decomposition(size, smallest, matrix, vectors, divided));
            SquareProducts.RunTransposed(pool, shape, vectors, divided, matrix);
        }
    }

    private protected override unsafe void Backward(
        WorkerPool pool,
        WhiteningShape shape,
        ReadOnlySpan<double> state,
        Span<double> gradients
    )
    {
        nint square = (nint)shape.Size * shape.Size;
        using Scratch lent = pool.Scratch((nuint)(2 * square * shape.Groups) * sizeof(double));
        double* scratch = (double*)lent.Pointer;
        fixed (double* gs = gradients)
        fixed (double* states = state)
        {
            MatrixOperand vectors = new(states, StateLength(shape.Size)),
                gradient = new(gs, square),
                product = new(scratch, 2 * square),
                other = new(scratch + square, 2 * square);
            // With rows of eigenvectors V = D^T: D^T G D = V (V G)^T, as G is symmetric.
            SquareProducts.Run(pool, shape, vectors, gradient, product);
            Transpose(shape, product, other);
            SquareProducts.Run(pool, shape, vectors, other, product);
            Divide(shape, vectors, product);
            SquareProducts.Run(pool, shape, product, vectors, other);
            SquareProducts.RunTransposed(pool, shape, vectors, other, gradient);
        }
    }

    private static unsafe void Transpose(WhiteningShape shape, MatrixOperand sources, MatrixOperand targets)
    {
        nint size = shape.Size;
        for (int group = 0; group < shape.Groups; group++)
        {
            double* source = sources.Of(group),
                target = targets.Of(group);
            for (nint i = 0; i < size; i++)
            {
                for (nint j = 0; j < size; j++)
                    target[(j * size) + i] = source[(i * size) + j];
            }
        }
    }

    private static unsafe void Divide(WhiteningShape shape, MatrixOperand states, MatrixOperand matrices)
    {
        nint size = shape.Size;
        for (int group = 0; group < shape.Groups; group++)
        {
            double* roots = states.Of(group) + (size * size),
                matrix = matrices.Of(group);
            for (nint i = 0; i < size; i++)
            {
                for (nint j = 0; j < size; j++)
                    matrix[(i * size) + j] /= -roots[i] * roots[j] * (roots[i] + roots[j]);
            }
        }
    }

    // Eigenvectors and roots of one group, and the eigenvectors divided by their roots.
    private readonly unsafe struct Decomposition(
        int size,
        double smallest,
        MatrixOperand matrices,
        MatrixOperand states,
        MatrixOperand scratch
    ) : IChunkWork
    {
        public void Run(int group)
        {
            int square = size * size;
            double* vectors = states.Of(group),
                roots = vectors + square,
                divided = scratch.Of(group);
            var matrix = new ReadOnlySpan<double>(matrices.Of(group), square);
            if (matrix.ContainsAnyExceptInRange(-double.MaxValue, double.MaxValue))
            {
                new Span<double>(vectors, square + size).Fill(double.NaN);
                new Span<double>(divided, square).Fill(double.NaN);
                return;
            }

            matrix.CopyTo(new Span<double>(divided, square));
            SymmetricEigen.Run(size, divided, roots, vectors, divided + square);
            for (int i = 0; i < size; i++)
            {
                // Rounding of a large eigenvalue can make a small one smaller than it can be.
                roots[i] = Math.Sqrt(Math.Max(roots[i], smallest));
                double inverse = 1 / roots[i];
                for (int j = 0; j < size; j++)
                    divided[(i * size) + j] = vectors[(i * size) + j] * inverse;
            }
        }
    }
}
