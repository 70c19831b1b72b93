using Evenkeel.Diagnostics;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Training;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Testing.Torture;

/// <summary>One small network and its data, and what objects give that nobody disturbs.</summary>
internal sealed class TortureWorld : IDisposable
{
    /// <summary>Steps that trainers make; a few more are known, since two threads may both find one left.</summary>
    public const int MostSteps = 60;

    /// <summary>The steps done of the trainer in <see cref="CheckpointPath"/>.</summary>
    public const int CheckpointStep = 20;

    public const int MaxBatch = 4;
    public const int MostExamples = 9;
    public const string Weights = "conv2d1.weight";
    private const int KnownSteps = MostSteps + 40;
    private const int BatchSize = 12;

    private readonly Model _base;
    private readonly string _folder = Directory.CreateTempSubdirectory("evenkeel-torture-").FullName;

    public TortureWorld()
    {
        var random = new Random(7);
        Data = Clusters(random, 50);
        BatchInputs = Floats(random, BatchSize * Data.InputLength);
        BatchLabels = [.. Enumerable.Range(0, BatchSize).Select(i => i % Data.Classes)];
        Inputs = Floats(random, MostExamples * Data.InputLength);
        _base = Model.Create(Net(), 3);
        using (var trainer = new BatchTrainer(_base, BatchSize, Options(1, 0, 1)))
            trainer.Step(BatchInputs, BatchLabels);
        FirstWeights = _base.Floats(Weights).ToArray();
        Checksum = _base.ParameterChecksum();
        ModelFile.Save(_base, ModelPath);
        (Losses, Checksums) = Train();
        BatchLosses = TrainOnBatches();
        using var device = Device.Cpu(1);
        Evaluation = _base.Evaluate(Data, device);
        using (var predictor = new Predictor(_base, MaxBatch))
            Predictions = [.. Enumerable.Range(0, MostExamples + 1).Select(n => predictor.Predict(Examples(n)))];
        using (var probe = NewProbe(_base, device))
            probe.Run(Percentiles = new float[probe.Units]);
        using (Model recalibrated = NewModel())
        {
            recalibrated.Recalibrate(Data, null, device);
            Recalibrated = recalibrated.Floats("batchnorm1.running_mean").ToArray();
        }

        using Model folded = _base.FoldBatchNorm();
        FoldedChecksum = folded.ParameterChecksum();
    }

    public ArrayDataset Data { get; }
    public float[] Inputs { get; }
    public float[] BatchInputs { get; }
    public int[] BatchLabels { get; }
    public string ModelPath => NewPath("model");
    public string CheckpointPath => NewPath("checkpoint");
    public float[] FirstWeights { get; }
    public string Checksum { get; }
    public string FoldedChecksum { get; }

    /// <summary>Loss of each step of a trainer, and the parameters' checksum after as many steps.</summary>
    public double[] Losses { get; }
    public string[] Checksums { get; }
    public double[] BatchLosses { get; }
    public Evaluation Evaluation { get; }
    public float[][] Predictions { get; }
    public float[] Percentiles { get; }
    public float[] Recalibrated { get; }

    /// <summary>A model of its own with the same values.</summary>
    public Model NewModel() => _base.Clone();

    /// <summary>A file of its own.</summary>
    public string NewPath(string name) => Path.Combine(_folder, $"{name}.safetensors");

    public ReadOnlySpan<float> Examples(int count) => Inputs.AsSpan(0, count * Data.InputLength);

    public static PercentileProbe NewProbe(Model model, IDataset data, Device device) =>
        new(model, data, "linear1", [50], device);

    public PercentileProbe NewProbe(Model model, Device device) => NewProbe(model, Data, device);

    public static ExecutionPlan NewPlan(Model model, PlanMode mode) =>
        ExecutionPlan.Build(model.Graph, new PlanOptions(mode, BatchSize) { Loss = new SoftmaxCrossEntropy() });

    public static TrainingOptions Options(int threads, int prefetch, int workers) =>
        new()
        {
            BatchSize = BatchSize,
            Threads = threads,
            Prefetch = prefetch,
            Workers = workers,
            Optimizer = new SgdMomentum(),
            LearningRate = new ConstantRate(0.02),
        };

    /// <summary>Requires a gradient for each trainable value.</summary>
    public void CheckLength(ReadOnlySpan<float> gradients) =>
        WrongNumberException.Unless(_base.Trainable.Length, gradients.Length, "the number of gradients");

    public void Dispose()
    {
        _base.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Graph Net() =>
        Network
            .Input(6, 6, 2)
            .Conv2d(8, 3, padding: 1, bias: false)
            .BatchNorm()
            .Relu()
            .Conv2d(6, 3, stride: 2, bias: false)
            .BatchNorm()
            .Relu()
            .GlobalAveragePool()
            .Linear(3)
            .Build();

    private static float[] Floats(Random random, int count)
    {
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = (random.NextSingle() * 4) - 2;
        return values;
    }

    private static ArrayDataset Clusters(Random random, int count)
    {
        int[] labels = [.. Enumerable.Range(0, count).Select(i => i % 3)];
        float[] inputs = Floats(random, count * 72);
        for (int i = 0; i < inputs.Length; i++)
            inputs[i] += labels[i / 72] * (i % 5) * 0.2f;
        return new ArrayDataset("clusters", inputs, labels, [6, 6, 2], 3);
    }

    private (double[] Losses, string[] Checksums) Train()
    {
        using Model model = NewModel();
        using var trainer = new Trainer(model, Data, Options(1, 0, 1));
        double[] losses = new double[KnownSteps];
        string[] checksums = new string[KnownSteps + 1];
        checksums[0] = model.ParameterChecksum();
        for (int i = 0; i < KnownSteps; i++)
        {
            losses[i] = trainer.Step().Loss;
            checksums[i + 1] = model.ParameterChecksum();
            if (trainer.StepsDone == CheckpointStep)
                Checkpoint.Save(trainer, CheckpointPath);
        }

        return (losses, checksums);
    }

    private double[] TrainOnBatches()
    {
        using Model model = NewModel();
        using var trainer = new BatchTrainer(model, BatchSize, Options(1, 0, 1));
        return [.. Enumerable.Range(0, KnownSteps).Select(_ => trainer.Step(BatchInputs, BatchLabels).Loss)];
    }
}
