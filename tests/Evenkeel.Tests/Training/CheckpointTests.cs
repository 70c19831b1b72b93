using Evenkeel.Data.Loading;
using Evenkeel.Data.Sampling;
using Evenkeel.Graphs;
using Evenkeel.Tests.Reference;
using Evenkeel.Tests.Serialization;
using Evenkeel.Training.Schedules;

namespace Evenkeel.Tests.Training;

public sealed class CheckpointTests : IDisposable
{
    private static readonly IDataset Digits203 = Digits.GenerateTrain(203);
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, ShuffleMode, LastBatch, int> Cases =>
        new()
        {
            { "sgd", ShuffleMode.Full, LastBatch.Drop, 1 },
            { "momentum", ShuffleMode.Shards, LastBatch.Merge, 2 },
            { "nesterov", ShuffleMode.None, LastBatch.Keep, 3 },
            { "adagrad", ShuffleMode.Full, LastBatch.Merge, 2 },
            { "adam", ShuffleMode.Full, LastBatch.Keep, 8 },
            { "bfloat16", ShuffleMode.Full, LastBatch.Drop, 2 },
        };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Resuming_gives_the_same_bits_as_never_stopping(
        string optimizer,
        ShuffleMode shuffle,
        LastBatch lastBatch,
        int threads
    )
    {
        TrainingOptions options = Options(optimizer, shuffle, lastBatch) with { Threads = 1 };
        string path = _folder.File("last.safetensors");
        using Model straight = NewModel();
        var losses = new List<double>();
        using (var trainer = new Trainer(straight, Digits203, options))
            trainer.Run(60, s => losses.Add(s.Loss));

        using Model first = NewModel();
        var resumedLosses = new List<double>();
        using (var trainer = new Trainer(first, Digits203, options with { Threads = threads, Prefetch = 0 }))
        {
            trainer.Run(25, s => resumedLosses.Add(s.Loss));
            Checkpoint.Save(trainer, path, new Dictionary<string, string> { ["note"] = "kept" });
        }

        using Model second = NewModel(seed: 77);
        using (var trainer = new Trainer(second, Digits203, options with { Threads = 2 }))
        {
            Assert.Equal("kept", Checkpoint.Load(trainer, path)["note"]);
            Assert.Equal(25, trainer.StepsDone);
            trainer.Run(60, s => resumedLosses.Add(s.Loss));
        }

        Assert.Equal(losses, resumedLosses);
        ModelFileTests.AssertSame(straight, second);
    }

    [Fact]
    public void Other_settings_are_refused_by_name()
    {
        TrainingOptions options = Options("sgd", ShuffleMode.Full, LastBatch.Drop);
        string path = _folder.File("last.safetensors");
        using Model model = NewModel();
        using (var trainer = new Trainer(model, Digits203, options))
            Checkpoint.Save(trainer, path);
        using var other = new Trainer(model, Digits203, options with { BatchSize = 11 });
        var error = Assert.Throws<ModelFileException>(() => Checkpoint.Load(other, path));
        Assert.Contains("batchSize 10, and batchSize is now 11", error.Message, StringComparison.Ordinal);
        using var narrow = new Trainer(model, Digits203, options with { KeepActivations = ElementType.BFloat16 });
        error = Assert.Throws<ModelFileException>(() => Checkpoint.Load(narrow, path));
        Assert.Contains("keepActivations Float32, and keepActivations is now BFloat16", error.Message);
        using var plain = Model.Create(Network.Input(784).Linear(10).Build(), 1);
        using var another = new Trainer(plain, Digits203, options);
        error = Assert.Throws<ModelFileException>(() => Checkpoint.Load(another, path));
        Assert.Contains("written with graph", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_that_is_refused_changes_nothing()
    {
        string path = _folder.File("damaged.safetensors");
        TrainingOptions options = Options("momentum", ShuffleMode.Full, LastBatch.Drop);
        using (Model damaged = NewModel())
        using (var trainer = new Trainer(damaged, Digits203, options))
        {
            trainer.Run(3);
            // The last value of the last tensor that is read.
            TensorPlace last = damaged.Layout.Tensors.Last(t => t.Tensor.Spec.Trainable);
            trainer.Optimizer.Of(0, last)[^1] = float.NaN;
            Checkpoint.Save(trainer, path);
        }

        using Model model = NewModel();
        using var resumed = new Trainer(model, Digits203, options);
        resumed.Run(2);
        byte[] before = Samples.Bytes(model);
        Assert.Throws<ModelFileException>(() => Checkpoint.Load(resumed, path));
        Assert.Equal((2, 2), (resumed.StepsDone, resumed.Updates));
        Assert.Equal(before, Samples.Bytes(model));
        resumed.Run(9);
        using Model undisturbed = NewModel();
        using var straight = new Trainer(undisturbed, Digits203, options);
        straight.Run(9);
        Assert.Equal(Samples.Bytes(undisturbed), Samples.Bytes(model));
    }

    [Fact]
    public void A_model_file_is_not_a_checkpoint()
    {
        string path = _folder.File("model.safetensors");
        using Model model = NewModel();
        ModelFile.Save(model, path);
        using var trainer = new Trainer(model, Digits203, Options("sgd", ShuffleMode.Full, LastBatch.Drop));
        var error = Assert.Throws<ModelFileException>(() => Checkpoint.Load(trainer, path));
        Assert.Contains("not a checkpoint", error.Message, StringComparison.Ordinal);
    }

    private static TrainingOptions Options(string optimizer, ShuffleMode shuffle, LastBatch lastBatch) =>
        new()
        {
            BatchSize = 10,
            Optimizer = optimizer switch
            {
                "momentum" => new SgdMomentum(),
                "nesterov" => new SgdNesterov(),
                "adagrad" => new Adagrad(),
                "adam" => new Adam { WeightDecay = 0.01f },
                _ => new Sgd(),
            },
            LearningRate = new WarmUp(5, new ExponentialDecay(0.02, 0.9, 10, 6)),
            ClipNorm = 1,
            KeepActivations = optimizer == "bfloat16" ? ElementType.BFloat16 : ElementType.Float32,
            Shuffle = shuffle,
            Shards = 4,
            LastBatch = lastBatch,
            Seed = 5,
        };

    private static Model NewModel(ulong seed = 1) =>
        Model.Create(
            Network.Input(784).Linear(16).Sigmoid().Linear(16).Tanh().Linear(10).Build().InsertBatchNorm(),
            seed
        );
}
