namespace Evenkeel.Kernels.Norm;

/// <summary>
/// Between the products of centred channels, which are [size, channels] as the weights of a 1 x 1 convolution in groups are, and the matrices of
/// the groups. Column c of such a table belongs to group c / size, and row i to the i-th channel of that group.
/// </summary>
public static class Whitening
{
    /// <summary>Covariances plus epsilon on their diagonals: (products + products^T) / (2 count) + epsilon I.</summary>
    /// <param name="shape">The groups.</param>
    /// <param name="products">[size, channels]: sums of products of centred channels.</param>
    /// <param name="count">How many products each sum has; divides. 1 for covariances.</param>
    /// <param name="epsilon">Added to the diagonals.</param>
    /// <param name="matrices">Receives [groups, size, size].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Covariances(
        WhiteningShape shape,
        ReadOnlySpan<double> products,
        double count,
        double epsilon,
        Span<double> matrices
    )
    {
        CheckBoth(shape, products.Length, matrices.Length);
        (int channels, int size) = shape;
        for (int channel = 0; channel < channels; channel++)
        {
            (int first, int i) = (channel / size * size, channel % size);
            Span<double> row = matrices.Slice(channel * size, size);
            for (int j = 0; j < size; j++)
                row[j] = (products[(i * channels) + first + j] + products[(j * channels) + channel]) / (2 * count);
            row[i] += epsilon;
        }
    }

    /// <summary>Eigenvalues of the matrices of all groups, ascending in each. NaN where a group has values that are not finite.</summary>
    /// <param name="shape">The groups.</param>
    /// <param name="matrices">[groups, size, size], symmetric; overwritten.</param>
    /// <param name="values">Receives [groups, size].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static unsafe void Eigenvalues(WhiteningShape shape, Span<double> matrices, Span<double> values)
    {
        CheckMatrices(shape, matrices.Length);
        shape.Check(values.Length, shape.Channels, nameof(values));
        int size = shape.Size,
            square = size * size;
        double[] vectors = new double[square],
            work = new double[SymmetricEigen.WorkLength(size)];
        for (int group = 0; group < shape.Groups; group++)
        {
            Span<double> matrix = matrices.Slice(group * square, square),
                found = values.Slice(group * size, size);
            if (matrix.ContainsAnyExceptInRange(-double.MaxValue, double.MaxValue))
            {
                found.Fill(double.NaN);
                continue;
            }

            fixed (double* m = matrix)
            fixed (double* f = found)
            fixed (double* v = vectors)
            fixed (double* w = work)
                SymmetricEigen.Run(size, m, f, v, w);
            found.Sort();
        }
    }

    /// <summary>weights[i, c] = W[i, c] gamma[c]: what centred rows are multiplied with.</summary>
    /// <param name="shape">The groups.</param>
    /// <param name="whitening">[groups, size, size].</param>
    /// <param name="gamma">[channels].</param>
    /// <param name="weights">Receives [size, channels].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Weights(
        WhiteningShape shape,
        ReadOnlySpan<double> whitening,
        ReadOnlySpan<float> gamma,
        Span<float> weights
    )
    {
        CheckBoth(shape, weights.Length, whitening.Length);
        shape.Check(gamma.Length, shape.Channels, nameof(gamma));
        (int channels, int size) = shape;
        for (int channel = 0; channel < channels; channel++)
        {
            (int first, int i) = (channel / size * size, channel % size);
            ReadOnlySpan<double> row = whitening.Slice(channel * size, size);
            for (int j = 0; j < size; j++)
                weights[(i * channels) + first + j] = (float)(row[j] * gamma[first + j]);
        }
    }

    /// <summary>bias[c] = beta[c] - gamma[c] sum_i mean[i] W[i, c]: what whitening adds to rows that are not centred.</summary>
    /// <param name="shape">The groups.</param>
    /// <param name="whitening">[groups, size, size].</param>
    /// <param name="affine">Gamma and beta.</param>
    /// <param name="mean">[channels].</param>
    /// <param name="bias">Receives [channels].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void Bias(
        WhiteningShape shape,
        ReadOnlySpan<double> whitening,
        in NormParameters affine,
        ReadOnlySpan<float> mean,
        Span<float> bias
    )
    {
        CheckMatrices(shape, whitening.Length);
        affine.Check(shape.Channels);
        shape.Check(mean.Length, shape.Channels, nameof(mean));
        shape.Check(bias.Length, shape.Channels, nameof(bias));
        int size = shape.Size;
        for (int channel = 0; channel < bias.Length; channel++)
        {
            int first = channel / size * size;
            // Whitening matrices are symmetric.
            ReadOnlySpan<double> row = whitening.Slice(channel * size, size);
            double sum = 0;
            for (int i = 0; i < size; i++)
                sum += row[i] * mean[first + i];
            bias[channel] = (float)(affine.Beta[channel] - (affine.Gamma[channel] * sum));
        }
    }

    /// <summary>The gradient of gamma: sum_i W[i, c] products[i, c].</summary>
    /// <param name="shape">The groups.</param>
    /// <param name="whitening">[groups, size, size].</param>
    /// <param name="products">[size, channels]: sums of products of centred channels and gradients of outputs.</param>
    /// <param name="dgamma">Receives [channels].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void ScaleGradient(
        WhiteningShape shape,
        ReadOnlySpan<double> whitening,
        ReadOnlySpan<double> products,
        Span<float> dgamma
    )
    {
        CheckBoth(shape, products.Length, whitening.Length);
        shape.Check(dgamma.Length, shape.Channels, nameof(dgamma));
        (int channels, int size) = shape;
        for (int channel = 0; channel < channels; channel++)
        {
            ReadOnlySpan<double> row = whitening.Slice(channel * size, size);
            double sum = 0;
            for (int i = 0; i < size; i++)
                sum += row[i] * products[(i * channels) + channel];
            dgamma[channel] = (float)sum;
        }
    }

    /// <summary>The symmetric part of the gradients of whitening matrices: products[i, j] gamma[j].</summary>
    /// <param name="shape">The groups.</param>
    /// <param name="products">As for <see cref="ScaleGradient"/>.</param>
    /// <param name="gamma">[channels].</param>
    /// <param name="gradients">Receives [groups, size, size].</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void MatrixGradients(
        WhiteningShape shape,
        ReadOnlySpan<double> products,
        ReadOnlySpan<float> gamma,
        Span<double> gradients
    )
    {
        CheckBoth(shape, products.Length, gradients.Length);
        shape.Check(gamma.Length, shape.Channels, nameof(gamma));
        (int channels, int size) = shape;
        for (int channel = 0; channel < channels; channel++)
        {
            (int first, int i) = (channel / size * size, channel % size);
            Span<double> row = gradients.Slice(channel * size, size);
            for (int j = 0; j < size; j++)
                row[j] =
                    (
                        (products[(i * channels) + first + j] * gamma[first + j])
                        + (products[(j * channels) + channel] * gamma[channel])
                    ) / 2;
        }
    }

    /// <summary>The part of an input's gradient that goes through mean and covariance: x W' + b with centred rows x.</summary>
    /// <param name="shape">The groups.</param>
    /// <param name="whitening">[groups, size, size].</param>
    /// <param name="gradients">[groups, size, size]: of the covariances.</param>
    /// <param name="gamma">[channels].</param>
    /// <param name="dbeta">[channels]: sums of the gradients of outputs.</param>
    /// <param name="count">Rows that mean and covariance are of.</param>
    /// <param name="weights">Receives W', [size, channels]: 2 / count times the gradients.</param>
    /// <param name="bias">Receives b, [channels]: minus the mean of the part that does not go through them.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public static void ThroughStatistics(
        WhiteningShape shape,
        ReadOnlySpan<double> whitening,
        ReadOnlySpan<double> gradients,
        ReadOnlySpan<float> gamma,
        ReadOnlySpan<double> dbeta,
        double count,
        Span<float> weights,
        Span<float> bias
    )
    {
        CheckBoth(shape, weights.Length, gradients.Length);
        CheckMatrices(shape, whitening.Length);
        shape.Check(gamma.Length, shape.Channels, nameof(gamma));
        shape.Check(dbeta.Length, shape.Channels, nameof(dbeta));
        shape.Check(bias.Length, shape.Channels, nameof(bias));
        (int channels, int size) = shape;
        for (int channel = 0; channel < channels; channel++)
        {
            (int first, int i) = (channel / size * size, channel % size);
            ReadOnlySpan<double> matrix = whitening.Slice(channel * size, size),
                gradient = gradients.Slice(channel * size, size);
            double sum = 0;
            for (int j = 0; j < size; j++)
            {
                sum += matrix[j] * gamma[first + j] * dbeta[first + j];
                weights[(i * channels) + first + j] = (float)(2 / count * gradient[j]);
            }

            bias[channel] = (float)(-sum / count);
        }
    }

    private static void CheckBoth(WhiteningShape shape, int table, int matrices)
    {
        CheckMatrices(shape, matrices);
        shape.Check(table, shape.Values, nameof(table));
    }

    private static void CheckMatrices(WhiteningShape shape, int matrices)
    {
        shape.Validate();
        shape.Check(matrices, shape.Values, nameof(matrices));
    }
}
