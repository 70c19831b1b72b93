using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Linear;
using Evenkeel.Kernels.Threading;

namespace Evenkeel.Kernels.Tests.Linear;

/// <summary>One product of one shape with its inputs, its output and what it should be.</summary>
internal sealed unsafe class ProductCase : IDisposable
{
    private readonly Product _product;
    private readonly Lazy<double[]> _magnitude;

    /// <param name="kind">"forward", "bias", "input" or "weights".</param>
    /// <param name="m">Batch.</param>
    /// <param name="k">Inputs of the layer.</param>
    /// <param name="n">Outputs of the layer.</param>
    /// <param name="values">Makes an input of a length from a seed.</param>
    public ProductCase(string kind, int m, int k, int n, Func<int, int, GuardedFloats> values)
    {
        (int rows, int depth, int columns) = kind switch
        {
            "input" => (m, n, k),
            "weights" => (k, m, n),
            _ => (m, k, n),
        };
        A = values(rows * depth, 1);
        B = values(depth * columns, 2);
        Bias = values(kind == "bias" ? n : 0, 3);
        C = new GuardedFloats(rows * columns);
        _product = new Product
        {
            Rows = rows,
            Depth = depth,
            Columns = columns,
            A = A.Data,
            ARowStride = kind == "weights" ? 1 : depth,
            AStepStride = kind == "weights" ? rows : 1,
            B = B.Data,
            BStepStride = kind == "input" ? 1 : columns,
            BColumnStride = kind == "input" ? depth : 1,
            Bias = kind == "bias" ? Bias.Data : null,
            C = C.Data,
        };
        Exact = Reference(v => v);
        _magnitude = new Lazy<double[]>(() => Reference(v => Math.Abs(v)));

        double[] Reference(Converter<float, double> map)
        {
            double[] a = Array.ConvertAll(A.Span.ToArray(), map),
                b = Array.ConvertAll(B.Span.ToArray(), map),
                bias = Array.ConvertAll(Bias.Span.ToArray(), map);
            return kind switch
            {
                "input" => MatrixProductReference.GradientToInput(m, k, n, a, b),
                "weights" => MatrixProductReference.GradientToWeights(m, k, n, a, b),
                "bias" => [.. MatrixProductReference.Forward(m, k, n, a, b).Select((v, i) => v + bias[i % n])],
                _ => MatrixProductReference.Forward(m, k, n, a, b),
            };
        }
        Name = $"{kind} {m}x{k}x{n}";
    }

    public string Name { get; }

    public GuardedFloats A { get; }

    public GuardedFloats B { get; }

    public GuardedFloats Bias { get; }

    public GuardedFloats C { get; }

    public double[] Exact { get; }

    /// <summary>The sums of the magnitudes of the terms of each element.</summary>
    public double[] Magnitude => _magnitude.Value;

    public ReadOnlySpan<float> Run<TVec, TLanes>(WorkerPool pool)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        C.Span.Fill(float.NaN);
        BlockedProduct<TVec, TLanes>.Run(pool, _product);
        C.AssertCanaries();
        return C.Span;
    }

    /// <summary>For whole numbers: no rounding, so no tolerance.</summary>
    public void AssertExact<TVec, TLanes>(WorkerPool pool)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        ReadOnlySpan<float> result = Run<TVec, TLanes>(pool);
        for (int i = 0; i < result.Length; i++)
        {
            if (result[i] != Exact[i])
                Assert.Fail($"{typeof(TLanes).Name} {Name}: element {i} is {result[i]}, not {Exact[i]}.");
        }
    }

    public void Dispose()
    {
        A.Dispose();
        B.Dispose();
        Bias.Dispose();
        C.Dispose();
    }
}
