using Evenkeel.Graphs;
using Evenkeel.Inference;
using Evenkeel.Networks;
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
            // The same product, cut into other tiles for other numbers of rows.
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

    [Fact]
    public void After_disposal_nothing_is_computed()
    {
        using Model model = Model.Create(Network.Input(3).Linear(2).Build(), 1);
        var predictor = new Predictor(model);
        predictor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => predictor.Predict(new float[3]));
    }
}
