using System.Numerics.Tensors;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Training;

public sealed class TensorBatchesTests
{
    private static readonly Graph Net = Network.Input(2, 3).Linear(4).Tanh().Linear(2).Build();

    [Fact]
    public void A_dense_tensor_trains_as_its_values_do()
    {
        float[] inputs = Samples.Floats(5 * 6, 1);
        int[] labels = Samples.Labels(10, 2, 2);
        using Model first = Samples.Model(Net);
        using Model second = Samples.Model(Net);
        using var spans = new BatchTrainer(first, 5, new TrainingOptions { Threads = 1 });
        using var tensors = new BatchTrainer(second, 5, new TrainingOptions { Threads = 1 });
        double loss = spans.Step(inputs, labels).Loss;
        Assert.Equal(loss, tensors.Step(new ReadOnlyTensorSpan<float>(inputs, [5, 2, 3], []), labels).Loss);
        Assert.Equal(first.Trainable.ToArray(), second.Trainable.ToArray());
    }

    [Fact]
    public void Strided_tensors_and_other_shapes_are_refused()
    {
        float[] inputs = Samples.Floats(5 * 8, 1);
        int[] labels = Samples.Labels(10, 2, 2);
        using Model model = Samples.Model(Net);
        using var trainer = new BatchTrainer(model, 5, new TrainingOptions { Threads = 1 });
        var error = Assert.Throws<ArgumentException>(() =>
            trainer.Step(new ReadOnlyTensorSpan<float>(inputs, [5, 2, 3], [8, 4, 1]), labels)
        );
        Assert.Contains("strided", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() =>
            trainer.Step(new ReadOnlyTensorSpan<float>(inputs, [5, 3, 2], []), labels)
        );
        Assert.Contains("[5, 3, 2] is not a batch of inputs [2, 3]", error.Message, StringComparison.Ordinal);
    }
}
