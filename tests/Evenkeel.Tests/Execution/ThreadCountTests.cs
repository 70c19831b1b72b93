using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Execution;

/// <summary>Chunks are fixed by shape and combined in index order, so the number of threads does not show in the bits.</summary>
public sealed class ThreadCountTests
{
    public static TheoryData<string> Cases => ["plain", "batchnorm", "clipped", "positions", "adam"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Fifty_steps_make_the_same_bits_on_any_number_of_threads(string kind)
    {
        byte[] expected = Train(kind, threads: 1);
        foreach (int threads in (int[])[2, 3, 8])
            Assert.True(expected.AsSpan().SequenceEqual(Train(kind, threads)), $"{kind} differs on {threads} threads");
    }

    private static byte[] Train(string kind, int threads)
    {
        bool positions = kind == "positions";
        int[] shape = positions ? [6, 6, 3] : [50];
        // Wide enough to be cut into several chunks.
        Network network = Network.Input(50).Linear(140).Sigmoid().Linear(70).Relu().Linear(4);
        Graph graph = kind switch
        {
            "plain" => network.Build(),
            "positions" => PerPosition(),
            _ => Network.Input(50).Linear(140).BatchNorm().Sigmoid().Linear(70).BatchNorm().Relu().Linear(4).Build(),
        };
        using Model model = Model.Create(graph, 7);
        var options = new TrainingOptions
        {
            BatchSize = positions ? 40 : 64,
            Threads = threads,
            ClipNorm = kind == "clipped" ? 0.5 : null,
            Optimizer = kind == "adam" ? new Adam() : new SgdMomentum(),
        };
        if (positions)
            return TrainPositions(model, options);
        using var trainer = new Trainer(model, Samples.Data(300, shape, 4), options);
        bool clipped = false;
        Assert.True(trainer.Run(50, r => clipped |= r.GradientNorm > 0.5));
        Assert.Equal(kind == "clipped", clipped);
        return Samples.Bytes(model);
    }

    private static Graph PerPosition() => Network.Input(6, 6, 3).Linear(20).BatchNorm().Relu().Linear(4).Build();

    // Labels per position are not what data sets hold.
    private static byte[] TrainPositions(Model model, TrainingOptions options)
    {
        using var trainer = new BatchTrainer(model, options.BatchSize, options);
        float[] inputs = Samples.Floats(options.BatchSize * 108, 1);
        int[] labels = Samples.Labels(options.BatchSize * 36, 4, 2);
        for (int step = 0; step < 50; step++)
            trainer.Step(inputs, labels);
        return Samples.Bytes(model);
    }
}
