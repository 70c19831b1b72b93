using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Networks;
using Evenkeel.Planning;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Inference;

public sealed class PredictorTests
{
    [Fact]
    public void Batches_of_any_size_give_each_example_its_result()
    {
        using Model model = Model.Create(
            Vgg.Create(
                [
                    [4],
                ],
                size: 6
            ),
            3
        );
        using var predictor = new Predictor(model, maxBatch: 4, threads: 2);
        float[] inputs = Samples.Floats(11 * predictor.InputShape.Count, 5);
        float[] all = predictor.Predict(inputs);
        Assert.Equal(11 * 10, all.Length);
        for (int i = 0; i < 11; i++)
        {
            float[] one = predictor.Predict(inputs.AsSpan(i * predictor.InputShape.Count, predictor.InputShape.Count));
            // The linear layer's product is cut into other tiles for other numbers of rows.
            for (int c = 0; c < 10; c++)
                Assert.Equal(all[(i * 10) + c], one[c], 1e-5);
        }

        Assert.Empty(predictor.Predict([]));
    }

    [Fact]
    public void Many_threads_share_one_predictor()
    {
        using Model model = Model.Create(MnistNetwork.Create(true), 3);
        using var predictor = new Predictor(model, maxBatch: 8);
        float[] inputs = Samples.Floats(8 * 784, 6);
        float[] expected = predictor.Predict(inputs);
        Parallel.For(0, 64, _ => Assert.Equal(expected, predictor.Predict(inputs)));
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        using Model model = Model.Create(Network.Input(3).Linear(2).Build(), 1);
        using var predictor = new Predictor(model);
        Assert.Throws<ArgumentException>(() => predictor.Predict(new float[4]));
        Assert.Throws<ArgumentException>(() => predictor.Predict(new float[6], new float[3]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Folded_and_packed_weights_give_the_bits_of_the_folded_weights_by_the_same_way(bool folded)
    {
        // So few channels are multiplied by plain sums, packed or not.
        using Model model = Samples.Model(CifarResNet.Create(1, size: 12, channels: 4));
        using Model network = model.FoldBatchNorm();
        float[] inputs = Samples.Floats(3 * network.Graph.Input.Shape.Count, 7);
        using var predictor = new Predictor(folded ? network : model, maxBatch: 3);
        Assert.Equal(Run(network, inputs), predictor.Predict(inputs));
    }

    // Weights that are packed, and so transformed, once are multiplied by other tiles than those transformed at every run: roundings of seven layers, each
    // some 1e-7 of its largest output.
    [Fact]
    public void Folded_and_packed_weights_give_what_the_folded_weights_give()
    {
        using Model model = Samples.Model(CifarResNet.Create(1, size: 12, channels: 8));
        using Model folded = model.FoldBatchNorm();
        float[] inputs = Samples.Floats(3 * folded.Graph.Input.Shape.Count, 7);
        using var ofModel = new Predictor(model, maxBatch: 3);
        using var ofFolded = new Predictor(folded, maxBatch: 3);
        float[] expected = Run(folded, inputs),
            actual = ofModel.Predict(inputs);
        Assert.Equal(actual, ofFolded.Predict(inputs));
        float tolerance = 2e-6f * expected.Max(Math.Abs);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }

    // By weights as they are.
    private static float[] Run(Model model, float[] inputs)
    {
        using var device = Device.Cpu(1);
        var plan = ExecutionPlan.Build(model.Graph, new PlanOptions(PlanMode.Inference, 3));
        using var executor = new Executor(plan, model, device);
        executor.Forward(inputs);
        return executor.Output.ToArray();
    }

    [Fact]
    public void Calls_that_run_when_it_is_disposed_end_well()
    {
        using Model model = Samples.Model(CifarResNet.Create(1, size: 12, channels: 8));
        float[] inputs = Samples.Floats(8 * model.Graph.Input.Shape.Count, 7);
        for (int round = 0; round < 8; round++)
        {
            var predictor = new Predictor(model, maxBatch: 2);
            float[] expected = predictor.Predict(inputs);
            using var begun = new CountdownEvent(4);
            Task[] calls =
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(_ =>
                        Task.Run(() =>
                        {
                            begun.Signal();
                            while (true)
                                Assert.Equal(expected, predictor.Predict(inputs));
                        })
                    ),
            ];
            begun.Wait();
            predictor.Dispose();
            Assert.All(
                calls,
                call =>
                    Assert.IsType<ObjectDisposedException>(Assert.Throws<AggregateException>(call.Wait).InnerException)
            );
        }
    }

    [Fact]
    public void After_disposal_nothing_is_computed()
    {
        using Model model = Model.Create(Network.Input(3).Linear(2).Build(), 1);
        var predictor = new Predictor(model);
        predictor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => predictor.Predict(new float[3]));
    }
}
