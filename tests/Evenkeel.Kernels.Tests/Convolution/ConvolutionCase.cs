using System.Collections.Concurrent;
using Evenkeel.Kernels.Convolution;
using Evenkeel.Kernels.Convolution.Weights;
using Evenkeel.Kernels.Elementwise;
using Evenkeel.Kernels.Lanes;
using Evenkeel.Kernels.Threading;
using GuardedFloats = Evenkeel.Kernels.Tests.Linear.GuardedFloats;

namespace Evenkeel.Kernels.Tests.Convolution;

/// <summary>One convolution with its operands in guarded memory, run at any width and held against the reference.</summary>
internal sealed unsafe class ConvolutionCase : IDisposable
{
    private static readonly ConcurrentDictionary<
        (ConvolutionShape, int, Func<int, int, GuardedFloats>, string, bool),
        double[]
    > Known = new();

    private readonly Func<int, int, GuardedFloats> _values;
    private readonly GuardedFloats _x;
    private readonly GuardedFloats _w;
    private readonly GuardedFloats _y;
    private readonly GuardedFloats _bias;

    public ConvolutionCase(in ConvolutionShape shape, int batch, Func<int, int, GuardedFloats> values)
    {
        (Shape, Batch, _values) = (shape, batch, values);
        _x = values((int)(batch * shape.InputImage), 1);
        _w = values((int)shape.Weights, 2);
        _y = values((int)(batch * shape.Positions * shape.OutputChannels), 3);
        _bias = values(shape.OutputChannels, 4);
    }

    public ConvolutionShape Shape { get; }

    public int Batch { get; }

    /// <summary>How to compute it; by shape, if nothing is said.</summary>
    public ConvolutionMethod Method { get; init; }

    public GuardedFloats Y => _y;

    public GuardedFloats X => _x;

    public GuardedFloats W => _w;

    /// <summary>y, dx or dw of the kind "forward", "bias", "packed", "input", "add" or "weights", and the canaries checked.</summary>
    public float[] Run<TVec, TLanes>(string kind, WorkerPool pool)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        using GuardedFloats result = Output(kind);
        ConvolutionOperands operands = Operands(kind, result);
        switch (kind)
        {
            case "forward":
                ForwardConvolution<TVec, TLanes>.Run(pool, default(Identity), operands, null);
                break;
            case "bias":
                ForwardConvolution<TVec, TLanes>.Run(pool, default(Relu), operands, _bias.Data);
                break;
            case "packed":
                RunPacked<TVec, TLanes>(pool, operands);
                break;
            case "input":
            case "add":
                InputGradient<TVec, TLanes>.Run(pool, operands, kind == "add");
                break;
            default:
                WeightGradient<TVec, TLanes>.Run(pool, operands);
                break;
        }

        result.AssertCanaries();
        return result.Span.ToArray();
    }

    /// <summary>The result by the reference.</summary>
    public double[] Expected(string kind)
    {
        using GuardedFloats result = Output(kind);
        double[] exact = Reference(kind, magnitude: false);
        for (int i = 0; i < exact.Length; i++)
        {
            if (kind is "bias" or "packed")
                exact[i] = Math.Max(0, exact[i] + _bias.Span[i % Shape.OutputChannels]);
            if (kind == "add")
                exact[i] += result.Span[i];
        }

        return exact;
    }

    /// <summary>The sums of the magnitudes of the terms of each element.</summary>
    public double[] Magnitude(string kind) => Reference(kind, magnitude: true);

    // Several kinds and tests ask for the same sums; the operands follow from shape, batch and values.
    private double[] Reference(string kind, bool magnitude)
    {
        string sum =
            kind is "input" or "add" ? "input"
            : kind is "weights" ? kind
            : "forward";
        return [.. Known.GetOrAdd((Shape, Batch, _values, sum, magnitude), _ => Sums(sum, magnitude))];
    }

    private double[] Sums(string sum, bool magnitude)
    {
        Converter<float, double> map = magnitude ? v => Math.Abs(v) : v => v;
        double[] x = Array.ConvertAll(_x.Span.ToArray(), map),
            w = Array.ConvertAll(_w.Span.ToArray(), map),
            y = Array.ConvertAll(_y.Span.ToArray(), map);
        return sum switch
        {
            "input" => ConvolutionReference.GradientToInput(Shape, Batch, y, w),
            "weights" => ConvolutionReference.GradientToWeights(Shape, Batch, x, y),
            _ => ConvolutionReference.Forward(Shape, Batch, x, w),
        };
    }

    /// <summary>For whole numbers: no rounding, so no tolerance.</summary>
    public void AssertExact<TVec, TLanes>(string kind, WorkerPool pool, double[] exact)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        float[] result = Run<TVec, TLanes>(kind, pool);
        for (int i = 0; i < result.Length; i++)
        {
            if (result[i] != exact[i])
                Assert.Fail(
                    $"{typeof(TLanes).Name} {Method} {kind}, batch {Batch}, {Shape}: {i} is {result[i]}, not {exact[i]}."
                );
        }
    }

    /// <summary>For sums that are rounded: every element is near the reference.</summary>
    public void AssertNear<TVec, TLanes>(string kind, WorkerPool pool, double[] exact, double most)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        float[] result = Run<TVec, TLanes>(kind, pool);
        for (int i = 0; i < result.Length; i++)
        {
            // Written so that NaN fails.
            if (!(Math.Abs(result[i] - exact[i]) <= most))
                Assert.Fail(
                    $"{typeof(TLanes).Name} {Method} {kind}, batch {Batch}, {Shape}: {i} is {result[i]}, not {exact[i]}."
                );
        }
    }

    /// <summary>The most terms that an element of the kind is the sum of.</summary>
    public long Depth(string kind) =>
        kind switch
        {
            "input" or "add" => (long)Shape.KernelHeight * Shape.KernelWidth * Shape.GroupOutputs,
            "weights" => Batch * Shape.Positions,
            _ => (long)Shape.KernelHeight * Shape.KernelWidth * Shape.GroupInputs,
        };

    public void Dispose()
    {
        _x.Dispose();
        _w.Dispose();
        _y.Dispose();
        _bias.Dispose();
    }

    // Packed by another number of threads than it is run on, into memory with canaries.
    private void RunPacked<TVec, TLanes>(WorkerPool pool, in ConvolutionOperands operands)
        where TVec : unmanaged
        where TLanes : struct, ILanes<TVec>
    {
        using var packing = new WorkerPool(3);
        nuint floats = ForwardConvolution<TVec, TLanes>.PackedFloats(packing, operands);
        using var packed = new GuardedFloats((int)floats * Shape.Groups);
        ForwardConvolution<TVec, TLanes>.Pack(packing, operands, packed.Data);
        ForwardConvolution<TVec, TLanes>.RunPacked(pool, default(Relu), operands, packed.Data, _bias.Data);
        packed.AssertCanaries();
    }

    private GuardedFloats Output(string kind)
    {
        int length = kind switch
        {
            "input" or "add" => _x.Length,
            "weights" => _w.Length,
            _ => _y.Length,
        };
        if (kind == "add")
            return GuardedFloats.Whole(length, 5);
        var output = new GuardedFloats(length);
        output.Span.Fill(float.NaN);
        return output;
    }

    public ConvolutionOperands Operands(string kind, GuardedFloats result) =>
        new()
        {
            Shape = Shape,
            Batch = Batch,
            X = kind is "input" or "add" ? result.Data : _x.Data,
            Weights = kind == "weights" ? result.Data : _w.Data,
            Y = kind is "forward" or "bias" or "packed" ? result.Data : _y.Data,
            YStride = Shape.OutputChannels,
            Method = Method,
        };
}
