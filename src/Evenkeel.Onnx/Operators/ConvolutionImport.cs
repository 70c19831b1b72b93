using Evenkeel.Kernels.Linear;
using Evenkeel.Layers;
using Evenkeel.Onnx.Construction;

namespace Evenkeel.Onnx.Operators;

/// <summary>Conv, over images and single lines.</summary>
internal static class ConvolutionImport
{
    public static Value Import(NodeImport node)
    {
        ComputedValue x = WindowImport.Positions(node, node.Computed(0));
        ConstantTensor weight = node.Constant(1);
        if (weight.Rank != x.Rank + 1 || weight.Dimensions.Any(d => d < 1))
            throw new UnsupportedException($"weights {weight} do not fit an input of {x}");
        SlidingWindow window = WindowImport.Read(node, x, weight.Dimensions[2..]);
        int groups = checked((int)node.Int("group", 1)),
            filters = checked((int)weight.Dimensions[0]),
            perGroup = checked((int)weight.Dimensions[1]);
        if (groups < 1 || (long)perGroup * groups != x.Dimensions[0])
            throw new UnsupportedException($"weights {weight} of {groups} groups do not fit an input of {x}");
        if (!weight.Dimensions[2..].SequenceEqual(window.Kernel.Select(k => (long)k)))
            throw new UnsupportedException($"kernel_shape does not fit weights {weight}");
        ConstantTensor values = Spread(node, weight, window);
        x = PadApart(node, x, ref window);
        ConvolutionLayer layer = window.ToConvolution(filters, node.Has(2)) with
        {
            Groups = groups,
            Trainable = !window.HasDilation,
        };
        ComputedValue y = WindowImport.Append(node, node.Name, layer, x);
        // A volume's kernel depth lies with the channels.
        int inputs = window.Kernel.Length == 3 ? perGroup * window.Reach[0] : perGroup;
        node.Network.Fill(y, "weight", to => WeightOrder.OutputsLast(values.Values, filters, inputs, to));
        if (node.Has(2))
            node.Network.Fill(y, "bias", Bias(node.Constant(2), filters));
        return y;
    }

    /// <summary>A bias of the length that is needed.</summary>
    public static float[] Bias(ConstantTensor bias, int filters) =>
        bias.Count == filters
            ? bias.Floats
            : throw new UnsupportedException($"a bias of {bias} does not fit {filters} outputs");

    // Layers pad less than the kernel; more is a layer of its own.
    private static ComputedValue PadApart(NodeImport node, ComputedValue x, ref SlidingWindow window)
    {
        int[] reach = window.Reach,
            begin = window.Begin,
            end = window.End;
        if (reach.Index().All(a => begin[a.Index] < a.Item && end[a.Index] < a.Item))
            return x;
        int[] none = new int[reach.Length];
        window = window with { Begin = none, End = none };
        return WindowImport.Append(node, $"{node.Name}.pad", new Pad([.. begin, 0], [.. end, 0]), x);
    }

    /// <summary>A kernel with gaps as a larger kernel with zeros.</summary>
    public static ConstantTensor Spread(NodeImport node, ConstantTensor weight, SlidingWindow window)
    {
        if (!window.HasDilation)
            return weight;
        int[] reach = window.Reach;
        int kernels = checked((int)(weight.Dimensions[0] * weight.Dimensions[1])),
            taps = window.Kernel.Aggregate(1, (n, k) => n * k);
        long spacious = reach.Aggregate(1L, (n, r) => n * r),
            count = kernels * spacious;
        if (count > node.Network.Options.MaxValuesPerExample)
            throw new UnsupportedException($"its dilated kernel of {string.Join("x", reach)} needs {count} weights");
        node.Note("the dilated kernel is stored with zeros between its weights, and training leaves it as it is");
        ReadOnlySpan<float> values = weight.Values;
        float[] spread = new float[count];
        for (int i = 0; i < values.Length; i++)
        {
            (int kernel, int tap) = Math.DivRem(i, taps);
            spread[(kernel * spacious) + Spaced(tap, window, reach)] = values[i];
        }

        return new ConstantTensor(spread, [.. weight.Dimensions[..2], .. reach.Select(r => (long)r)]);
    }

    private static long Spaced(int tap, SlidingWindow window, int[] reach)
    {
        long spaced = 0,
            step = 1;
        for (int axis = reach.Length - 1; axis >= 0; step *= reach[axis], axis--)
        {
            (tap, int index) = Math.DivRem(tap, window.Kernel[axis]);
            spaced += index * window.Dilations[axis] * step;
        }

        return spaced;
    }
}
