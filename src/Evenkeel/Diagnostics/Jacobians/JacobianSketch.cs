using System.Numerics.Tensors;
using Evenkeel.Graphs;

namespace Evenkeel.Diagnostics.Jacobians;

/// <summary>
/// The largest singular values of Jacobians too large to compute, by randomised subspace iteration (Halko, Martinsson and Tropp 2011). Every value
/// comes from backward passes alone: with orthonormal rows W of few outputs the singular values of W J are at most those of J, whatever W is. Products
/// with J itself, which are differences and inexact, choose W and nothing else.
/// </summary>
internal sealed class JacobianSketch
{
    // A bound on the spectral norm of a matrix from its products with Gaussian vectors (Halko, Martinsson and Tropp 2011, lemma 4.1): it holds with
    // probability 1 - 2^-10.
    private const int Probes = 10;
    private const double BoundFactor = 2;

    // Of the size of the values that are moved: curvature of the layers errs by its square, rounding of floats by 6e-8 over it.
    private const double Step = 1.0 / 256;

    private readonly RangeProgram _range;
    private readonly JacobianBlocks _blocks;
    private RandomStream _random;

    private JacobianSketch(RangeProgram range, JacobianBlocks blocks, ulong seed) =>
        (_range, _blocks, _random) = (range, blocks, new RandomStream(seed));

    /// <summary>Estimates the spectrum of each block.</summary>
    public static JacobianSpectrum[] Run(RangeProgram range, JacobianBlocks blocks, JacobianOptions options) =>
        new JacobianSketch(range, blocks, options.Seed).Run(
            Math.Min(options.Rank, Math.Min(blocks.Rows, blocks.Columns)),
            options.Iterations
        );

    private JacobianSpectrum[] Run(int rank, int iterations)
    {
        double[][][] w = Pushed(Bases(rank, _blocks.Columns));
        for (int i = 0; i < iterations; i++)
            w = Pushed(Orthonormal(Pulled(w)));
        double[] residuals = Residuals(w);
        double[][][] pulled = Pulled(w);
        return [.. pulled.Select((rows, block) => new JacobianSpectrum(SingularValues.Of(rows), residuals[block]))];
    }

    // [block][vector][value].
    private double[][][] Pulled(double[][][] vectors) => Through(vectors, _blocks.Columns, v => _range.Pull(v));

    private double[][][] Pushed(double[][][] vectors) =>
        Orthonormal(Through(vectors, _blocks.Rows, v => _range.Push(v, Steps(v))));

    private static double[][][] Through(double[][][] vectors, int length, Func<double[], double[]> map)
    {
        double[][][] result = [.. vectors.Select(block => new double[block.Length][])];
        for (int i = 0; i < vectors[0].Length; i++)
        {
            double[] mapped = map([.. vectors.SelectMany(block => block[i])]);
            for (int block = 0; block < result.Length; block++)
                result[block][i] = mapped[(block * length)..((block + 1) * length)];
        }

        return result;
    }

    // For each example the step that moves its block by a part of the block's size.
    private double[] Steps(double[] direction)
    {
        double[] steps = new double[_range.Examples];
        int examples = _range.Examples / _blocks.Count;
        for (int block = 0; block < _blocks.Count; block++)
        {
            float[] point = _range.Point[(block * _blocks.Columns)..((block + 1) * _blocks.Columns)];
            double size = Math.Sqrt(point.Sum(x => (double)x * x)),
                length = TensorPrimitives.Norm<double>(direction.AsSpan(block * _blocks.Columns, _blocks.Columns));
            double step = Step * (size > 0 ? size : 1) / (length > 0 ? length : 1);
            Array.Fill(steps, step, block * examples, examples);
        }

        return steps;
    }

    // Halko, Martinsson and Tropp's bound for J less its part in W.
    private double[] Residuals(double[][][] w)
    {
        double[][][] random = [.. w.Select(_ => Gaussian(Probes, _blocks.Rows))];
        for (int block = 0; block < w.Length; block++)
        {
            foreach (double[] vector in random[block])
                RemoveParts(vector, w[block]);
        }

        double factor = BoundFactor * Math.Sqrt(2 / Math.PI);
        return [.. Pulled(random).Select(rows => factor * rows.Max(row => TensorPrimitives.Norm<double>(row)))];
    }

    private double[][][] Bases(int rank, int length) =>
        Orthonormal([.. Enumerable.Range(0, _blocks.Count).Select(_ => Gaussian(rank, length))]);

    private double[][] Gaussian(int count, int length)
    {
        double[][] vectors = [.. Enumerable.Range(0, count).Select(_ => new double[length])];
        foreach (double[] vector in vectors)
        {
            for (int i = 0; i < length; i++)
                vector[i] = _random.NextGaussian();
        }

        return vectors;
    }

    // Gram and Schmidt twice, which is enough (Giraud et al. 2005). What is left of a vector that depends on those before it is 0.
    private static double[][][] Orthonormal(double[][][] blocks)
    {
        foreach (double[][] vectors in blocks)
        {
            for (int i = 0; i < vectors.Length; i++)
            {
                double before = TensorPrimitives.Norm<double>(vectors[i]);
                RemoveParts(vectors[i], vectors.AsSpan(0, i));
                RemoveParts(vectors[i], vectors.AsSpan(0, i));
                double length = TensorPrimitives.Norm<double>(vectors[i]);
                bool depends = !(length > 1e-13 * before);
                TensorPrimitives.Multiply(vectors[i], depends ? 0 : 1 / length, vectors[i]);
            }
        }

        return blocks;
    }

    private static void RemoveParts(double[] vector, ReadOnlySpan<double[]> basis)
    {
        foreach (double[] direction in basis)
            TensorPrimitives.MultiplyAdd(direction, -TensorPrimitives.Dot<double>(direction, vector), vector, vector);
    }
}
