using System.Globalization;
using Evenkeel.Data.Sampling;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Serialization;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Tests.Golden;

/// <summary>A training run computed by PyTorch in double precision (tests/golden/README.md), as our network, data and options.</summary>
internal sealed class GoldenRun : IDisposable
{
    private readonly SafeTensorsReader _file;

    public GoldenRun(string name)
    {
        _file = SafeTensorsReader.Open(PathOf(name));
        BatchNorm = _file.Metadata["batch_norm"] == "true";
        Network network = Network.Input(49);
        for (int i = 0; i < 3; i++)
        {
            // Layers are named by their place in PyTorch's Sequential, so that tensors have the file's names.
            int first = i * (BatchNorm ? 3 : 2);
            network.Linear(20, bias: !BatchNorm, name: $"{first}");
            if (BatchNorm)
                network.BatchNorm(name: $"{first + 1}");
            Activation activation = _file.Metadata["activation"] == "relu" ? new Relu() : new Sigmoid();
            network.Add(activation, $"activation{i}");
        }

        Graph = network.Linear(10, name: BatchNorm ? "9" : "6").Build();
    }

    public static TheoryData<string> Names =>
        [
            "sigmoid",
            "sigmoid_bn",
            "relu",
            "relu_bn",
            "sigmoid_bn_momentum",
            "sigmoid_bn_nesterov",
            "sigmoid_bn_adam",
            "sigmoid_bn_adagrad",
        ];

    public bool BatchNorm { get; }

    public Graph Graph { get; }

    public int Steps => (int)Number("steps");

    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "golden", name + ".safetensors");

    public double Number(string metadata) => double.Parse(_file.Metadata[metadata], CultureInfo.InvariantCulture);

    public TrainingOptions Options(int threads) =>
        new()
        {
            BatchSize = (int)Number("batch"),
            Shuffle = ShuffleMode.None,
            LearningRate = new ConstantRate(Number("learning_rate")),
            Optimizer = Optimizer(),
            Threads = threads,
        };

    public ArrayDataset Data()
    {
        byte[] pixels = new byte[240 * 49];
        _file.ReadBytes("inputs", pixels);
        long[] labels = new long[240];
        _file.ReadInt64("labels", labels);
        return new ArrayDataset(
            "golden",
            Array.ConvertAll(pixels, p => (float)p),
            Array.ConvertAll(labels, l => (int)l),
            [49],
            10
        );
    }

    public Model InitialModel()
    {
        Model model = Model.Create(Graph, seed: 1);
        foreach (var place in model.Layout.Tensors.Where(t => t.Tensor.Spec.Role != TensorRole.State))
        {
            double[] values = Doubles("init.", place.Tensor);
            Array.ConvertAll(values, v => (float)v).CopyTo(model.Floats(place.Tensor.Name));
        }

        return model;
    }

    /// <summary>A tensor's values in our order.</summary>
    public double[] Doubles(string prefix, NamedTensor tensor)
    {
        double[] values = new double[tensor.Spec.Count];
        _file.ReadFloat64(prefix + tensor.Name, values);
        return InOurOrder(tensor.Spec, values);
    }

    /// <summary>Files hold weights [outputs, inputs, positions], memory [positions, inputs, outputs].</summary>
    public static double[] InOurOrder(TensorSpec spec, double[] values)
    {
        if (spec.FileOrder == TensorFileOrder.Same)
            return values;
        int outputs = spec.Dimensions[^1],
            inputs = spec.Dimensions[^2],
            positions = values.Length / outputs / inputs;
        double[] ours = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            int output = i % outputs,
                input = i / outputs % inputs,
                position = i / outputs / inputs;
            ours[i] = values[(((output * inputs) + input) * positions) + position];
        }

        return ours;
    }

    public long Integer(string name)
    {
        long[] value = new long[1];
        _file.ReadInt64(name, value);
        return value[0];
    }

    public double[] Losses()
    {
        double[] losses = new double[Steps];
        _file.ReadFloat64("losses", losses);
        return losses;
    }

    public void Dispose() => _file.Dispose();

    private OptimizerConfig Optimizer()
    {
        float Float(string name) => (float)Number(name);
        return _file.Metadata["optimizer"] switch
        {
            "sgd" => new Sgd(),
            "momentum" => new SgdMomentum(Float("momentum")),
            "nesterov" => new SgdNesterov(Float("momentum")),
            "adagrad" => new Adagrad(Float("eps")),
            "adam" => new Adam(0.9f, 0.999f, Float("eps")),
            string other => throw new NotSupportedException(other),
        };
    }
}
