using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Training;

public sealed class EvaluatorTests
{
    [Fact]
    public void Loss_and_accuracy_are_those_of_the_interpreter_over_several_blocks()
    {
        // 600 examples are two full blocks and a part.
        ArrayDataset data = Samples.Data(600, [8], 3);
        using Model model = Samples.Model(Samples.Small(batchNorm: true));
        float[] inputs = new float[600 * 8];
        int[] labels = new int[600];
        data.Read([.. Enumerable.Range(0, 600)], inputs, labels);
        var reference = new DoubleNetwork(model) { Mode = PlanMode.Inference };
        double[][] logits = [.. reference.Forward(inputs).Chunk(3)];
        int right = logits.Where((row, i) => row.Max() == row[labels[i]]).Count();
        using var device = Device.Cpu(2);
        using var evaluator = new Evaluator(model, data, device);
        Evaluation result = evaluator.Run();
        Assert.Equal(600, result.Count);
        Assert.Equal(right / 600.0, result.Accuracy);
        Assert.Equal(reference.Loss(inputs, labels), result.Loss, 2e-6);
        Assert.Equal(result, evaluator.Run());
    }

    [Theory]
    [InlineData(new[] { 1f, 1, 0 }, 0, true)]
    [InlineData(new[] { 1f, 1, 0 }, 1, false)]
    [InlineData(new[] { 1f, 1, 1 }, 2, false)]
    [InlineData(new[] { 0f, 1, 2 }, 2, true)]
    [InlineData(new[] { 0f, 1, 2 }, 1, false)]
    [InlineData(new[] { float.NaN, 1, 0 }, 1, false)]
    [InlineData(new[] { 0f, 1, float.NaN }, 1, false)]
    [InlineData(new[] { float.NaN, 1, 0 }, 0, false)]
    [InlineData(new[] { 0f, 1, float.NaN }, 2, false)]
    [InlineData(new[] { float.NegativeInfinity, float.PositiveInfinity, 0 }, 1, true)]
    public void Ties_go_to_the_first_and_NaN_is_never_right(float[] logits, int label, bool right)
    {
        using Model model = Model.Create(
            Network.Input(1).Linear(3, initializer: new ConstantInitializer(0)).Build(),
            1
        );
        logits.CopyTo(model.Floats("linear1.bias"));
        using var device = Device.Cpu(1);
        using var evaluator = new Evaluator(model, new ArrayDataset("one", [1], [label], [1], 3), device);
        Assert.Equal(right ? 1 : 0, evaluator.Run().Accuracy);
    }

    [Fact]
    public void Data_that_does_not_fit_is_refused_with_both_shapes()
    {
        using var device = Device.Cpu(1);
        Refuses(Network.Input(9).Linear(3).Build(), "[9]");
        Refuses(Network.Input(8).Linear(2).Build(), "3 classes");
        Refuses(Network.Input(4, 2).Linear(3).Build(), "4 positions");

        void Refuses(Graph graph, string word)
        {
            using Model model = Model.Create(graph, 1);
            ArrayDataset data = Samples.Data(10, [8], 3);
            var e = Assert.Throws<GraphException>(() => new Evaluator(model, data, device));
            Assert.Contains(word, e.Message);
            Assert.Contains(
                word,
                Assert
                    .Throws<GraphException>(() => new Trainer(model, data, new TrainingOptions { BatchSize = 5 }))
                    .Message
            );
        }
    }
}
