using Evenkeel.Graphs;
using Evenkeel.Layers;

namespace Evenkeel.Tests.Reference;

/// <summary>
/// A plain interpreter of a graph in double precision: forward and loss only, one loop per layer, no plan, no fusion, no kernel. The
/// judge of the engine's values and, by finite differences, of its gradients.
/// </summary>
internal sealed class DoubleNetwork
{
    private readonly Graph _graph;
    private readonly Dictionary<string, double[]> _tensors = [];

    /// <summary>Takes over a model's values.</summary>
    public DoubleNetwork(Model model)
    {
        _graph = model.Graph;
        foreach (var place in model.Layout.Tensors.Where(t => t.Tensor.Spec.Type == ElementType.Float32))
            _tensors[place.Tensor.Name] = Array.ConvertAll(model.Floats(place.Tensor.Name).ToArray(), x => (double)x);
    }

    /// <summary>Whether layers normalise with the batch (where they are told to) or all with running statistics.</summary>
    public bool Training { get; init; } = true;

    /// <summary>Smallest distance of any value before a kinked activation from its kink in the last run.</summary>
    public double LeastDistanceFromKink { get; private set; }

    /// <summary>Values of a tensor; may be changed.</summary>
    public double[] this[string tensor] => _tensors[tensor];

    /// <summary>The output for a batch, [batch, ...].</summary>
    public double[] Forward(ReadOnlySpan<float> inputs) => Values(inputs)[_graph.OutputName];

    /// <summary>Every layer's value for a batch.</summary>
    public Dictionary<string, double[]> Values(ReadOnlySpan<float> inputs)
    {
        LeastDistanceFromKink = double.PositiveInfinity;
        double[] x = Array.ConvertAll(inputs.ToArray(), v => (double)v);
        var values = new Dictionary<string, double[]> { [_graph.Input.Name] = x };
        foreach (Node node in _graph.Nodes.Skip(1))
            values[node.Name] = Run(node, [.. node.Inputs.Select(i => values[i])]);
        return values;
    }

    /// <summary>Mean softmax cross-entropy over all rows.</summary>
    public double Loss(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels)
    {
        double[] logits = Forward(inputs);
        int classes = _graph.Output.Shape.Channels;
        double sum = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<double> z = logits.AsSpan(row * classes, classes);
            double top = double.NegativeInfinity,
                total = 0;
            foreach (double v in z)
                top = Math.Max(top, v);
            foreach (double v in z)
                total += Math.Exp(v - top);
            sum += Math.Log(total) + top - z[labels[row]];
        }

        return sum / labels.Length;
    }

    private double[] Run(Node node, double[][] inputs) =>
        node.Layer switch
        {
            Linear linear => Product(node, linear, inputs[0]),
            BatchNorm norm => Normalize(node, norm, inputs[0]),
            ChannelAffine => Affine(inputs[0], _tensors[$"{node.Name}.weight"], _tensors[$"{node.Name}.bias"]),
            UnaryFunction function => Apply(function, inputs[0]),
            Add => [.. inputs[0].Zip(inputs[1], (a, b) => a + b)],
            Conv2d or MaxPool2d or AveragePool2d or GlobalAveragePool or LocalResponseNorm => DoubleImages.Run(
                node,
                _graph[node.Inputs[0]].Shape,
                inputs[0],
                name => _tensors[$"{node.Name}.{name}"]
            ),
            Concat => DoubleImages.Concatenate([.. node.Inputs.Select(i => _graph[i].Shape)], inputs),
            Dropout when !Training => inputs[0],
            Flatten or Reshape or Dropout { Rate: 0 } => inputs[0],
            Multiply => [.. inputs[0].Zip(inputs[1], (a, b) => a * b)],
            Subtract => [.. inputs[0].Zip(inputs[1], (a, b) => a - b)],
            Divide => [.. inputs[0].Zip(inputs[1], (a, b) => a / b)],
            Maximum => Extremes(inputs[0], inputs[1], Math.Max),
            Minimum => Extremes(inputs[0], inputs[1], Math.Min),
            Raise => [.. inputs[0].Zip(inputs[1], Math.Pow)],
            ConstantValue =>
            [
                .. Enumerable
                    .Repeat(_tensors[$"{node.Name}.value"], inputs[0].Length / _graph[node.Inputs[0]].Shape.Count)
                    .SelectMany(v => v),
            ],
            ExampleNorm norm => DoubleReductions.Normalize(
                norm,
                _graph[node.Inputs[0]].Shape,
                inputs[0],
                _tensors[$"{node.Name}.weight"],
                _tensors[$"{node.Name}.bias"]
            ),
            Reduction reduction => DoubleReductions.Run(reduction, _graph[node.Inputs[0]].Shape, inputs[0]),
            ResizeLinear resize => DoublePlaces.Between(resize, _graph[node.Inputs[0]].Shape, node.Shape, inputs[0]),
            LogSoftmax => Array.ConvertAll(DoublePlaces.Softmax(inputs[0], node.Shape.Channels), Math.Log),
            Softmax => DoublePlaces.Softmax(inputs[0], node.Shape.Channels),
            AxisMap map => DoublePlaces.Move(map, _graph[node.Inputs[0]].Shape, node.Shape, inputs[0]),
            ConvTranspose2d convolution => DoublePlaces.Transposed(
                convolution,
                _graph[node.Inputs[0]].Shape,
                node.Shape,
                inputs[0],
                name => _tensors[$"{node.Name}.{name}"]
            ),
            _ => throw new NotSupportedException(node.Layer.Kind),
        };

    private double[] Product(Node node, Linear linear, double[] x)
    {
        double[] w = _tensors[$"{node.Name}.weight"];
        int units = linear.Units,
            inputs = w.Length / units,
            rows = x.Length / inputs;
        double[] y = new double[rows * units];
        for (int i = 0; i < y.Length; i++)
        {
            int row = i / units,
                unit = i % units;
            y[i] = linear.Bias ? _tensors[$"{node.Name}.bias"][unit] : 0;
            for (int k = 0; k < inputs; k++)
                y[i] += x[(row * inputs) + k] * w[(k * units) + unit];
        }

        return y;
    }

    private double[] Normalize(Node node, BatchNorm norm, double[] x)
    {
        double[] gamma = _tensors[$"{node.Name}.weight"],
            beta = _tensors[$"{node.Name}.bias"],
            mean = _tensors[$"{node.Name}.running_mean"],
            variance = _tensors[$"{node.Name}.running_var"];
        if ((Training ? norm.NormalizeWith : norm.InferenceStatistics) == StatisticsSource.Batch)
            (mean, variance) = Moments(x, gamma.Length);
        double[] scale = [.. gamma.Select((g, c) => g / Math.Sqrt(variance[c] + norm.Convention.Epsilon))];
        double[] shift = [.. beta.Select((b, c) => b - (scale[c] * mean[c]))];
        return Affine(x, scale, shift);
    }

    /// <summary>Mean and biased variance per channel.</summary>
    public static (double[] Mean, double[] Variance) Moments(ReadOnlySpan<double> x, int channels)
    {
        int rows = x.Length / channels;
        double[] mean = new double[channels],
            variance = new double[channels];
        for (int i = 0; i < x.Length; i++)
            mean[i % channels] += x[i] / rows;
        for (int i = 0; i < x.Length; i++)
            variance[i % channels] += Math.Pow(x[i] - mean[i % channels], 2) / rows;
        return (mean, variance);
    }

    private static double[] Affine(double[] x, double[] scale, double[] shift) =>
        [.. x.Select((v, i) => (v * scale[i % scale.Length]) + shift[i % scale.Length])];

    private double[] Apply(UnaryFunction function, double[] x)
    {
        if (function is Relu or LeakyRelu or Elu or Abs)
            LeastDistanceFromKink = Math.Min(LeastDistanceFromKink, x.Min(Math.Abs));
        foreach (double kink in DoublePlaces.Kinks(function))
            LeastDistanceFromKink = Math.Min(LeastDistanceFromKink, x.Min(v => Math.Abs(v - kink)));
        return Array.ConvertAll(x, v => DoubleFunctions.Value(function, v));
    }

    private double[] Extremes(double[] a, double[] b, Func<double, double, double> choose)
    {
        LeastDistanceFromKink = Math.Min(LeastDistanceFromKink, a.Zip(b, (u, v) => Math.Abs(u - v)).Min());
        return [.. a.Zip(b, choose)];
    }
}
