using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Evenkeel.Benchmarks;

/// <summary>The same matrix by the routines of Math.NET Numerics, which are managed code where no native provider is installed.</summary>
internal static class MathNetWhitening
{
    public static void Run(int size, double[] covariance, double[] matrix)
    {
        Control.UseSingleThread();
        // The decomposition works in the place of its input.
        var input = new DenseMatrix(size, size, [.. covariance]);
        Evd<double> found = input.Evd(Symmetricity.Symmetric);
        var roots = new DiagonalMatrix(
            size,
            size,
            [.. found.EigenValues.Select(v => 1 / Math.Sqrt(Math.Max(v.Real, WhiteningProblem.Epsilon)))]
        );
        (found.EigenVectors * roots).TransposeAndMultiply(found.EigenVectors).AsColumnMajorArray().CopyTo(matrix, 0);
    }
}
