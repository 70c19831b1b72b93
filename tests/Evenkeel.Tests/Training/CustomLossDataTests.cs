using System.Numerics.Tensors;
using Evenkeel.Training;

namespace Evenkeel.Tests.Training;

/// <summary>A loss of the caller's own on data sets, whose targets are of another shape than the network's output.</summary>
public sealed class CustomLossDataTests
{
    [Fact]
    public void A_norm_is_learned_from_one_float()
    {
        using Model model = Model.Create(Network.Input(2).Linear(16).Tanh().Linear(10).Build(), 1);
        ITargetDataset data = ArrayDataset.WithTargets("speeds", Places, [2], [.. Places.Chunk(2).Select(Length)], [1]);
        var loss = new CustomLoss("length", OfLength) { TargetLength = 1 };
        Evaluation before = model.Evaluate(data, loss: loss);
        model.Train(data, Options(loss));
        Evaluation after = model.Evaluate(data, loss: loss);
        Assert.InRange(after.Loss, 0, before.Loss / 50);
        // Ten values are not comparable with one.
        Assert.Null(after.Errors);
        Assert.Equal(double.NaN, after.Accuracy);
    }

    [Fact]
    public void A_margin_between_two_classes_is_learned_by_one_output()
    {
        using Model model = Model.Create(Network.Input(2).Linear(16).Tanh().Linear(1).Build(), 1);
        var loss = new CustomLoss("hinge", Hinge, classes: 2);
        model.Train(Circle, Options(loss));
        Evaluation found = model.Evaluate(Circle, loss: loss);
        // A network that knows nothing of the examples has 2 x the rarer class; those near the circle keep a part of their margin.
        Assert.InRange(found.Loss, 0, 0.25);
        Assert.Equal(double.NaN, found.Accuracy);
    }

    [Fact]
    public void Outputs_for_each_class_have_an_accuracy()
    {
        using Model model = Model.Create(Network.Input(2).Linear(16).Tanh().Linear(2).Build(), 1);
        var loss = new CustomLoss("two margins", Margins, classes: 2);
        model.Train(Circle, Options(loss));
        Evaluation own = model.Evaluate(Circle, loss: loss),
            plain = model.Evaluate(Circle);
        Assert.InRange(own.Accuracy, 0.97, 1);
        Assert.Equal(plain.Accuracy, own.Accuracy);
    }

    [Fact]
    public void Labels_that_are_no_classes_are_refused()
    {
        using Model model = Model.Create(Network.Input(2).Linear(1).Build(), 1);
        var options = new TrainingOptions { Loss = new CustomLoss("hinge", Hinge, classes: 2) };
        using var trainer = new BatchTrainer(model, 2, options);
        var error = Assert.Throws<ArgumentException>(() => trainer.Step(new float[4], (int[])[1, 2]));
        Assert.Contains("Example 1 of the batch has the label 2; with 2 classes", error.Message);
        error = Assert.Throws<ArgumentException>(() => trainer.Step(new float[4], (int[])[1]));
        Assert.Contains("1 labels for 2 rows", error.Message);
        error = Assert.Throws<ArgumentException>(() => trainer.Step(new float[4], (float[])[1, 0]));
        Assert.Contains("takes int labels", error.Message);
        // One without a label does not count.
        Assert.Equal(1, trainer.Step(new float[4], (int[])[1, BatchTrainer.NoLabel]).Examples);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CustomLoss("hinge", Hinge, classes: 0));
        var none = new CustomLoss("length", OfLength) { TargetLength = 0 };
        Assert.Contains("'length' must have 1 value", Assert.Throws<ArgumentException>(none.Validate).Message);
    }

    [Fact]
    public void Data_of_other_targets_is_refused_in_one_line()
    {
        using Model model = Model.Create(Network.Input(2).Linear(3).Build(), 1);
        ITargetDataset speeds = ArrayDataset.WithTargets("speeds", new float[6], [2], new float[3], [1]);
        var digits = new ArrayDataset("digits", new float[6], [0, 1, 2], [2], 3);
        Says("needs float targets, but the data 'digits' has class labels", new CustomLoss("length", OfLength), digits);
        Says(
            "has 1 targets per example (1), but the loss 'pair' takes 2; change its target length",
            new CustomLoss("pair", OfLength) { TargetLength = 2 },
            speeds
        );
        Says("has float targets and no class labels", new CustomLoss("hinge", Hinge, classes: 3), speeds);
        Says("has 3 classes, but the loss 'hinge' takes 2; give it 3", new CustomLoss("hinge", Hinge, 2), digits);
        Says(
            "has one label per example, but the loss 'parts' takes 5; give the targets with each batch",
            new CustomLoss("parts", OwnLosses.Parts, classes: 3) { TargetLength = 5 },
            digits
        );

        void Says(string message, Loss loss, IDataset data)
        {
            var options = new TrainingOptions { Loss = loss, BatchSize = 2 };
            var error = Assert.Throws<GraphException>(() => new Trainer(model, data, options));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    private static float[] Places { get; } = [.. Enumerable.Range(0, 800).Select(i => MathF.Sin(i * i))];

    private static ArrayDataset Circle { get; } =
        new("circle", Places, [.. Places.Chunk(2).Select(p => Length(p) > 0.8f ? 1 : 0)], [2], 2);

    private static TrainingOptions Options(Loss loss) =>
        new()
        {
            Loss = loss,
            BatchSize = 20,
            Steps = 1500,
            Optimizer = new Adam(),
            LearningRate = 0.01,
        };

    private static float Length(float[] p) => MathF.Sqrt((p[0] * p[0]) + (p[1] * p[1]));

    private static float OfLength(ReadOnlySpan<float> output, ReadOnlySpan<float> target, Span<float> gradient)
    {
        float error = TensorPrimitives.SumOfSquares(output) - target[0];
        TensorPrimitives.Multiply(output, 4 * error, gradient);
        return error * error;
    }

    private static float Hinge(ReadOnlySpan<float> output, ReadOnlySpan<int> label, Span<float> gradient)
    {
        float sign = (2 * label[0]) - 1,
            loss = MathF.Max(0, 1 - (sign * output[0]));
        gradient[0] = loss > 0 ? -sign : 0;
        return loss;
    }

    private static float Margins(ReadOnlySpan<float> output, ReadOnlySpan<int> label, Span<float> gradient)
    {
        int right = label[0];
        float loss = MathF.Max(0, 1 - output[right] + output[1 - right]);
        (gradient[right], gradient[1 - right]) = loss > 0 ? (-1, 1) : (0, 0);
        return loss;
    }
}
