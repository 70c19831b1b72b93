using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;

namespace Evenkeel.Testing.Networks;

/// <summary>
/// A plain interpreter of a graph in double precision: forward and loss only, one loop per layer, no plan, no fusion, no kernel. The
/// judge of the engine's values and, by finite differences, of its gradients.
/// </summary>
public sealed class DoubleNetwork
{
    private readonly Graph _graph;
    private readonly Dictionary<string, double[]> _tensors = [];
    private readonly Dictionary<string, (double[] Mean, double[] Variance)> _moments = [];

    /// <summary>Takes over a model's values.</summary>
    public DoubleNetwork(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        _graph = model.Graph;
        foreach (var place in model.Layout.Tensors.Where(t => t.Tensor.Spec.Type == ElementType.Float32))
            _tensors[place.Tensor.Name] = Array.ConvertAll(model.Floats(place.Tensor.Name).ToArray(), x => (double)x);
        foreach ((string name, string owned) in model.Graph.SharedTensors())
            _tensors[name] = _tensors[owned];
    }

    /// <summary>Which statistics normalise, and whether values are dropped.</summary>
    public PlanMode Mode { get; init; } = PlanMode.Training;

    /// <summary>Short for training or inference.</summary>
    public bool Training
    {
        get => Mode == PlanMode.Training;
        init => Mode = value ? PlanMode.Training : PlanMode.Inference;
    }

    /// <summary>The factors of a dropout layer for so many values of a batch; needed where a layer drops values in training.</summary>
    public Func<Node, int, double[]>? DropoutFactors { get; init; }

    /// <summary>
    /// Every tensor and every layer's value is moved by at most this part of itself, at random but the same in each run: 2^-24 shows what rounding
    /// to floats may do to the result.
    /// </summary>
    public double Rounding { get; init; }

    /// <summary>Mean and biased variance of the last batch by layer, where the batch normalised.</summary>
    public IReadOnlyDictionary<string, (double[] Mean, double[] Variance)> BatchMoments => _moments;

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
            values[node.Name] = Rounded(Run(node, [.. node.Inputs.Select(i => values[i])]), node.Name);
        return values;
    }

    /// <summary>Mean softmax cross-entropy over all rows; a softmax at the end of the network is the loss's own.</summary>
    public double Loss(ReadOnlySpan<float> inputs, ReadOnlySpan<int> labels)
    {
        Node scores = _graph.Output;
        while (scores.Layer is Softmax or LogSoftmax)
            scores = _graph[scores.Inputs[0]];
        double[] logits = Values(inputs)[scores.Name];
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

    private Shape Read(Node node) => _graph[node.Inputs[0]].Shape;

    private double[] Run(Node node, double[][] inputs) =>
        node.Layer switch
        {
            Linear linear => Product(node, linear, inputs[0]),
            BatchNorm norm => Normalize(node, norm, inputs[0]),
            ChannelAffine => Affine(inputs[0], Tensor(node, "weight"), Tensor(node, "bias")),
            UnaryFunction function => Apply(function, inputs[0]),
            Add => [.. inputs[0].Zip(inputs[1], (a, b) => a + b)],
            Conv2d or MaxPool2d or AveragePool2d or GlobalAveragePool or LocalResponseNorm => DoubleImages.Run(
                node,
                Read(node),
                inputs[0],
                name => Tensor(node, name)
            ),
            ConvolutionLayer or PoolingLayer => DoubleVolumes.Run(node, Read(node), inputs[0], n => Tensor(node, n)),
            Concat => DoubleImages.Concatenate([.. node.Inputs.Select(i => _graph[i].Shape)], inputs),
            Flatten or Reshape => inputs[0],
            Dropout dropout => Drop(node, dropout, inputs[0]),
            Multiply => [.. inputs[0].Zip(inputs[1], (a, b) => a * b)],
            Subtract => [.. inputs[0].Zip(inputs[1], (a, b) => a - b)],
            Divide => [.. inputs[0].Zip(inputs[1], (a, b) => a / b)],
            Maximum => Extremes(inputs[0], inputs[1], Math.Max),
            Minimum => Extremes(inputs[0], inputs[1], Math.Min),
            Raise => [.. inputs[0].Zip(inputs[1], Math.Pow)],
            ConstantValue =>
            [
                .. Enumerable.Repeat(Tensor(node, "value"), inputs[0].Length / Read(node).Count).SelectMany(v => v),
            ],
            ExampleNorm norm => DoubleReductions.Normalize(
                norm,
                Read(node),
                inputs[0],
                Tensor(node, "weight"),
                Tensor(node, "bias")
            ),
            Reduction reduction => DoubleReductions.Run(reduction, Read(node), inputs[0]),
            ResizeLinear resize => DoublePlaces.Between(resize, Read(node), node.Shape, inputs[0]),
            LogSoftmax => DoublePlaces.LogSoftmax(inputs[0], node.Shape.Channels),
            Softmax => DoublePlaces.Softmax(inputs[0], node.Shape.Channels),
            AxisMap map => DoublePlaces.Move(map, Read(node), node.Shape, inputs[0]),
            ConvTranspose2d convolution => DoublePlaces.Transposed(
                convolution,
                Read(node),
                node.Shape,
                inputs[0],
                name => Tensor(node, name)
            ),
            _ => throw new NotSupportedException(node.Layer.Kind),
        };

    private double[] Product(Node node, Linear linear, double[] x)
    {
        double[] w = Tensor(node, "weight");
        double[]? bias = linear.Bias ? Tensor(node, "bias") : null;
        int units = linear.Units,
            inputs = w.Length / units,
            rows = x.Length / inputs;
        double[] y = new double[rows * units];
        for (int i = 0; i < y.Length; i++)
        {
            int row = i / units,
                unit = i % units;
            y[i] = bias?[unit] ?? 0;
            for (int k = 0; k < inputs; k++)
                y[i] += x[(row * inputs) + k] * w[(k * units) + unit];
        }

        return y;
    }

    private double[] Normalize(Node node, BatchNorm norm, double[] x)
    {
        double[] gamma = Tensor(node, "weight"),
            beta = Tensor(node, "bias"),
            mean = Tensor(node, "running_mean"),
            variance = Tensor(node, "running_var");
        StatisticsSource source = Mode == PlanMode.Inference ? norm.InferenceStatistics : norm.NormalizeWith;
        bool fromBatch = source == StatisticsSource.Batch,
            undefined =
                Mode != PlanMode.Inference
                && x.Length == gamma.Length
                && norm.Convention.SingleValue == SingleValuePolicy.UseRunningStatistics;
        if (fromBatch && !undefined)
            _moments[node.Name] = (mean, variance) = Moments(x, gamma.Length);
        double[] scale = [.. gamma.Select((g, c) => g * InverseDeviation(variance[c] + norm.Convention.Epsilon))];
        double[] shift = [.. beta.Select((b, c) => b - (scale[c] * mean[c]))];
        return Affine(x, scale, shift);
    }

    // A constant channel under an epsilon of 0 gives beta.
    private static double InverseDeviation(double variance) => variance > 0 ? 1 / Math.Sqrt(variance) : 0;

    private double[] Drop(Node node, Dropout dropout, double[] x)
    {
        if (Mode != PlanMode.Training || dropout.Rate == 0)
            return x;
        if (DropoutFactors is not { } factors)
            throw new NotSupportedException($"'{node.Name}' drops values; say which.");
        return [.. x.Zip(factors(node, x.Length), (v, factor) => v * factor)];
    }

    private double[] Tensor(Node node, string name) => Rounded(_tensors[$"{node.Name}.{name}"], $"{node.Name}.{name}");

    private double[] Rounded(double[] values, string name)
    {
        if (Rounding == 0)
            return values;
        uint seed = name.Aggregate(17u, (hash, c) => (hash * 31) + c);
        return [.. values.Select((v, i) => v * (1 + (Rounding * Noise(seed + ((uint)i * 2654435769)))))];
    }

    // Uniform in [-1, 1].
    private static double Noise(uint key)
    {
        key = (key ^ (key >> 16)) * 0x7FEB352D;
        key = (key ^ (key >> 15)) * 0x846CA68B;
        return ((key ^ (key >> 16)) / (double)uint.MaxValue * 2) - 1;
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
