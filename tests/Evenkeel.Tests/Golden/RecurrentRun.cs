using System.Globalization;
using Evenkeel.Data.Sampling;
using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Networks;
using Evenkeel.Serialization;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Tests.Golden;

/// <summary>A training run of a recurrent network computed by PyTorch in double precision (tests/golden/README.md), as our network and data.</summary>
internal sealed class RecurrentRun : IDisposable
{
    private const int Examples = 48;
    private const int Steps = 6;
    private const int Channels = 5;
    private const int Units = 7;
    private const int Classes = 4;

    private readonly SafeTensorsReader _file;
    private readonly int _channels;
    private readonly bool _ofSteps;

    public RecurrentRun(string name)
    {
        _file = SafeTensorsReader.Open(GoldenRun.PathOf($"recurrent_{name}"));
        bool both = _file.Metadata["directions"] == "2",
            masked = _file.Metadata.ContainsKey("masked");
        _ofSteps = _file.Metadata.ContainsKey("labels");
        _channels = masked ? Channels + 1 : Channels;
        Network network = Network.Input(Steps, _channels);
        var options = new RecurrentOptions
        {
            Direction =
                both ? RecurrentDirection.Both
                : name.StartsWith("gru_lengths", StringComparison.Ordinal) ? RecurrentDirection.Backward
                : RecurrentDirection.Forward,
            Masked = masked,
            Sequence = both || _ofSteps,
            BatchNorm = _file.Metadata["batch_norm"] == "true" ? new RecurrentBatchNorm { StartNoise = 0 } : null,
        };
        network = _file.Metadata["kind"] switch
        {
            "lstm" => network.Lstm(Units, options),
            "gru" => network.Gru(Units, options),
            _ => network.Rnn(Units, options),
        };
        if (both && !_ofSteps)
            network.Add(new ReduceMean([0])).Add(new Flatten());
        Graph = network.Linear(Classes).Build();
    }

    public static TheoryData<string> Names =>
        [
            "lstm",
            "gru",
            "rnn",
            "lstm_both",
            "gru_both",
            "bn_lstm",
            "bn_gru",
            "bn_rnn",
            "lstm_lengths",
            "gru_lengths",
            "rnn_lengths",
            "lstm_both_lengths",
            "bn_lstm_lengths",
            "bn_gru_lengths",
            "bn_rnn_lengths",
            "gru_both_steps",
            "bn_lstm_steps",
        ];

    public Graph Graph { get; }

    public double Number(string metadata) => double.Parse(_file.Metadata[metadata], CultureInfo.InvariantCulture);

    public TrainingOptions Options() =>
        new()
        {
            BatchSize = 12,
            Shuffle = ShuffleMode.None,
            LearningRate = new ConstantRate(Number("learning_rate")),
        };

    public ArrayDataset Data()
    {
        float[] values = new float[Examples * Steps * _channels];
        _file.ReadFloat32("inputs", values);
        long[] read = new long[_ofSteps ? Examples * Steps : Examples];
        _file.ReadInt64("labels", read);
        int[] labels = Array.ConvertAll(read, l => (int)l);
        return _ofSteps
            ? ArrayDataset.WithLabels("golden", values, [Steps, _channels], labels, Classes)
            : new ArrayDataset("golden", values, labels, [Steps, _channels], Classes);
    }

    public Model InitialModel()
    {
        Model model = Model.Create(Graph, seed: 1);
        foreach (NamedTensor tensor in Learned(model))
        {
            float[] values = new float[tensor.Spec.Count];
            _file.ReadFloat32($"init.{tensor.Name}", values);
            double[] ours = GoldenRun.InOurOrder(tensor.Spec, Array.ConvertAll(values, v => (double)v));
            Array.ConvertAll(ours, v => (float)v).CopyTo(model.Floats(tensor.Name));
        }

        return model;
    }

    /// <summary>What the file says of a tensor.</summary>
    public double[] Doubles(string prefix, NamedTensor tensor)
    {
        double[] values = new double[tensor.Spec.Count];
        _file.ReadFloat64(prefix + tensor.Name, values);
        return GoldenRun.InOurOrder(tensor.Spec, values);
    }

    public double[] Losses()
    {
        double[] losses = new double[20];
        _file.ReadFloat64("losses", losses);
        return losses;
    }

    public static IEnumerable<NamedTensor> Learned(Model model) =>
        model.Layout.Tensors.Select(t => t.Tensor).Where(t => t.Spec.Trainable);

    public static IEnumerable<NamedTensor> Averages(Model model) =>
        model
            .Layout.Tensors.Select(t => t.Tensor)
            .Where(t => t.Spec is { Role: TensorRole.State, Type: ElementType.Float32 });

    public void Dispose() => _file.Dispose();
}
