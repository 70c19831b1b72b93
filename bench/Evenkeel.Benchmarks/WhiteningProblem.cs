namespace Evenkeel.Benchmarks;

/// <summary>The covariance of twice as many random rows as channels, with epsilon on its diagonal.</summary>
internal sealed class WhiteningProblem
{
    public const double Epsilon = 1e-5;

    private readonly int _size;

    public WhiteningProblem(int size)
    {
        _size = size;
        int rows = 2 * size;
        var random = new Random(1);
        double[] values = [.. Enumerable.Range(0, rows * size).Select(_ => (2 * random.NextDouble()) - 1)];
        Covariance = new double[size * size];
        for (int r = 0; r < rows; r++)
        {
            for (int i = 0; i < size; i++)
            {
                for (int j = 0; j < size; j++)
                    Covariance[(i * size) + j] += values[(r * size) + i] * values[(r * size) + j] / rows;
            }
        }

        for (int i = 0; i < size; i++)
            Covariance[(i * size) + i] += Epsilon;
    }

    /// <summary>[size, size].</summary>
    public double[] Covariance { get; }

    /// <summary>The largest element of W S W - I, which is 0 for the exact matrix.</summary>
    public double Residual(double[] matrix)
    {
        double[] identity = Product(Product(matrix, Covariance), matrix);
        return identity.Select((v, i) => Math.Abs(v - (i % (_size + 1) == 0 ? 1 : 0))).Max();
    }

    private double[] Product(double[] a, double[] b)
    {
        double[] product = new double[_size * _size];
        for (int i = 0; i < _size; i++)
        {
            for (int k = 0; k < _size; k++)
            {
                for (int j = 0; j < _size; j++)
                    product[(i * _size) + j] += a[(i * _size) + k] * b[(k * _size) + j];
            }
        }

        return product;
    }
}
