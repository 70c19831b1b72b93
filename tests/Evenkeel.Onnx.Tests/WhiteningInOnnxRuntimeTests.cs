using Evenkeel.Layers;
using Evenkeel.Testing.Peers;
using Evenkeel.Training;

namespace Evenkeel.Onnx.Tests;

/// <summary>Layers that whiten, trained and then written, beside ONNX Runtime.</summary>
public sealed class WhiteningInOnnxRuntimeTests
{
    private const int Rows = 24;

    private static readonly Dictionary<string, int[]> Inputs = new()
    {
        ["rows"] = [6],
        ["lines"] = [5, 6],
        ["images"] = [3, 4, 6],
        ["volumes"] = [2, 3, 2, 6],
    };

    public static TheoryData<string, int, bool> Cases =>
        [
            .. from kind in Inputs.Keys
            from size in (int[])[0, 1, 3]
            from iterative in (bool[])[false, true]
            select (kind, size, iterative),
        ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_trained_layer_gives_what_we_give(string kind, int size, bool iterative)
    {
        Assert.SkipUnless(OnnxRuntimePeer.IsPresent, OnnxRuntimePeer.HowToGet);
        WhiteningNorm norm = iterative
            ? new IterNorm(5, size, BatchNormConvention.Default)
            : new DecorrelatedBatchNorm(size, BatchNormConvention.Default);
        Graph graph = Network.Input(Inputs[kind]).Add(norm).Tanh().Flatten().Linear(3).Build();
        using Model model = Model.Create(graph, 1);
        Shape shape = graph.Input.Shape;
        float[] inputs = [.. Enumerable.Range(0, Rows * shape.Count).Select(i => MathF.Sin(0.1f + (i * i * 0.37f)))];
        int[] labels = [.. Enumerable.Range(0, Rows).Select(i => i % 3)];
        using (var trainer = new BatchTrainer(model, Rows, new TrainingOptions { LearningRate = 0.1 }))
        {
            for (int step = 0; step < 20; step++)
                trainer.Step(inputs, labels);
        }

        using var folder = new TemporaryFolder();
        string path = folder.File("white.onnx");
        model.SaveOnnx(path);
        using var predictor = new Predictor(model, maxBatch: Rows, threads: 1);
        float[] expected = predictor.Predict(inputs);
        using var peer = new OnnxRuntimePeer(path);
        var x = new PeerArray([Rows, shape.Channels, .. shape.Dimensions[..^1]], ChannelOrder.ToFirst(inputs, shape));
        float[] found = peer.Run(x).Values.Single().Values;
        // Float32 in another order, of maps with elements of a few units.
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], found[i], 2e-5f);
    }
}
