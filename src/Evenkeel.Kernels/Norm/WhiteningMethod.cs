using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Norm;

/// <summary>
/// How a covariance S becomes a symmetric whitening matrix W, and the gradient of that. All is in double precision; nothing is allocated, and the
/// results do not depend on the number of threads.
/// </summary>
public abstract record WhiteningMethod
{
    private protected WhiteningMethod() { }

    /// <summary>Doubles that the backward pass needs for each group of <paramref name="size"/> channels.</summary>
    public abstract int StateLength(int size);

    /// <summary>Replaces covariances by whitening matrices.</summary>
    /// <param name="pool">Threads to use.</param>
    /// <param name="shape">The groups.</param>
    /// <param name="smallest">What was added to the diagonals, above 0: no eigenvalue is smaller.</param>
    /// <param name="matrices">[groups, size, size]: symmetric covariances, then whitening matrices. NaN where a group has values that are not finite.</param>
    /// <param name="state">Receives [groups, <see cref="StateLength"/>].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Whiten(
        WorkerPool pool,
        WhiteningShape shape,
        double smallest,
        Span<double> matrices,
        Span<double> state
    )
    {
        Check(pool, shape, matrices.Length, state.Length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(smallest);
        Forward(pool, shape, smallest, matrices, state);
    }

    /// <summary>Replaces gradients of whitening matrices by gradients of covariances.</summary>
    /// <param name="pool">Threads to use.</param>
    /// <param name="shape">The groups.</param>
    /// <param name="state">[groups, <see cref="StateLength"/>], from <see cref="Whiten"/>.</param>
    /// <param name="gradients">[groups, size, size]: symmetric on the way in and out.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void Differentiate(WorkerPool pool, WhiteningShape shape, ReadOnlySpan<double> state, Span<double> gradients)
    {
        Check(pool, shape, gradients.Length, state.Length);
        Backward(pool, shape, state, gradients);
    }

    private protected abstract void Forward(
        WorkerPool pool,
        WhiteningShape shape,
        double smallest,
        Span<double> matrices,
        Span<double> state
    );

    private protected abstract void Backward(
        WorkerPool pool,
        WhiteningShape shape,
        ReadOnlySpan<double> state,
        Span<double> gradients
    );

    private void Check(WorkerPool pool, WhiteningShape shape, int matrices, int state)
    {
        ArgumentNullException.ThrowIfNull(pool);
        shape.Validate();
        shape.Check(matrices, shape.Values, nameof(matrices));
        shape.Check(state, checked(shape.Groups * StateLength(shape.Size)), nameof(state));
    }
}
