using Evenkeel.Kernels.Linear;
using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Gemm and MatMul by constant matrices; MatMul of computed ones goes to <see cref="ProductImport"/>.</summary>
internal static class LinearImport
{
    public static Value Gemm(NodeImport node)
    {
        ComputedValue x = node.Computed(0);
        ConstantTensor matrix = Matrix(node.Constant(1));
        if (x.Rank != 1)
            throw new UnsupportedException($"its first factor is {x}; a matrix is expected");
        if (node.Int("transA", 0) != 0)
            throw new UnsupportedException("transA would mix the examples of a batch");
        bool transposed = node.Int("transB", 0) != 0;
        float alpha = node.Float("alpha", 1),
            beta = node.Float("beta", 1);
        int inputs = Length(matrix, transposed ? 1 : 0),
            units = Length(matrix, transposed ? 0 : 1);
        RequireInputs(x, inputs, matrix);
        Value? added = node.Has(2) ? node.Get(2) : null;
        ComputedValue y = Append(node, x, units, added is Constant);
        node.Network.Fill(y, "weight", WriteWeight);
        if (added is Constant bias)
            node.Network.Fill(y, "bias", Bias(bias.Tensor, units, beta));
        else if (added is ComputedValue other)
            y = AddComputed(node, y, other, beta);
        return y;

        void WriteWeight(Span<float> rows)
        {
            if (transposed)
                WeightOrder.OutputsLast(matrix.Values, units, inputs, rows);
            else
                matrix.Values.CopyTo(rows);
            Scale(rows, alpha);
            PutInMemoryOrder(rows, x, units);
        }
    }

    public static Value MatMul(NodeImport node)
    {
        if (node.Get(1) is not Constant)
            return ProductImport.Of(node, node.Computed(0), node.Computed(1));
        ComputedValue x = node.ComputedAnywhere(0);
        ConstantTensor matrix = Matrix(node.Constant(1));
        if (x.Rank < 1 || x.BatchAxis == x.Rank)
            throw new UnsupportedException($"its first factor is {x}; a matrix is expected, and the batch not last");
        if (x.Rank > 1)
            x = node.Network.RowMajor(x);
        int inputs = Length(matrix, 0),
            units = Length(matrix, 1);
        RequireInputs(x, inputs, matrix);
        ComputedValue y = Append(node, x, units, bias: false);
        node.Network.Fill(y, "weight", WriteWeight);
        return y with { BatchAxis = x.BatchAxis };

        void WriteWeight(Span<float> rows)
        {
            matrix.Values.CopyTo(rows);
            PutInMemoryOrder(rows, x, units);
        }
    }

    // The inputs of a flattened image are in another order in memory; so are the rows of the matrix then.
    private static void PutInMemoryOrder(Span<float> rows, ComputedValue x, int units)
    {
        if (x.Layout != Layout.Flattened)
            return;
        float[] order = x.ToMemory([.. Enumerable.Range(0, x.Count).Select(i => (float)i)]),
            given = rows.ToArray();
        for (int i = 0; i < order.Length; i++)
            given.AsSpan((int)order[i] * units, units).CopyTo(rows[(i * units)..]);
    }

    private static ComputedValue Append(NodeImport node, ComputedValue x, int units, bool bias) =>
        node.Network.Append(node.Name, new Linear(units, bias), [x], [.. x.Dimensions[..^1], units], Layout.RowMajor);

    private static ComputedValue AddComputed(NodeImport node, ComputedValue y, ComputedValue other, float beta)
    {
        if (beta != 1 || other.Layout != y.Layout || !other.Dimensions.SequenceEqual(y.Dimensions))
            throw new UnsupportedException($"it adds {beta} times {other}, which is computed, to {y}");
        return node.Network.Append($"{y.Node}.sum", new Add(), y, other);
    }

    private static float[] Bias(ConstantTensor bias, int units, float beta)
    {
        bool perUnit = bias.Rank <= 2 && bias.Dimensions.SkipLast(1).All(d => d == 1);
        if (!perUnit || (bias.Count != units && bias.Count != 1))
            throw new UnsupportedException($"it adds {bias}, which is not one value per output");
        float[] values = bias.Count == units ? [.. bias.Floats] : [.. Enumerable.Repeat(bias.Floats[0], units)];
        Scale(values, beta);
        return values;
    }

    private static void Scale(Span<float> values, float factor)
    {
        for (int i = 0; factor != 1 && i < values.Length; i++)
            values[i] *= factor;
    }

    // Its values are looked at, because whole numbers that are no floats are refused here.
    private static ConstantTensor Matrix(ConstantTensor tensor) =>
        tensor.Rank >= 2 && tensor.Dimensions.SkipLast(2).All(d => d == 1) && tensor.Values.Length > 0
            ? tensor.Reshaped(tensor.Dimensions[^2..])
            : throw new UnsupportedException($"its second factor is {tensor}; one matrix is expected");

    private static int Length(ConstantTensor matrix, int axis) => (int)matrix.Dimensions[axis];

    private static void RequireInputs(ComputedValue x, int inputs, ConstantTensor matrix)
    {
        if (x.Dimensions[^1] != inputs)
            throw new UnsupportedException($"a matrix of {matrix} does not fit an input of {x}");
    }
}
