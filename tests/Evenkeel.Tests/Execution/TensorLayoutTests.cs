using Evenkeel.Graphs;
using Evenkeel.Layers;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Execution;

public sealed class TensorLayoutTests
{
    private static Graph Graph =>
        Network
            .Input(5)
            .Linear(7)
            .BatchNorm()
            .Tanh()
            .Add(new Linear(6) { Trainable = false })
            .Add(new BatchNorm(BatchNormConvention.Default) { TrainAffine = false })
            .Relu()
            .Linear(3)
            .Build();

    [Fact]
    public void Groups_are_contiguous_and_hold_exactly_their_tensors()
    {
        var layout = new TensorLayout(Graph);
        Assert.Equal([TensorRole.Weight, TensorRole.Offset], layout.Groups.Select(g => g.Role));
        int at = 0;
        foreach (ParameterGroup group in layout.Groups)
        {
            Assert.Equal(at, group.Start);
            at += group.Count;
            string[] within =
            [
                .. layout
                    .Tensors.Where(t => t.Tensor.Spec.Role != TensorRole.State)
                    .Where(t => t.ByteOffset / 4 >= group.Start && t.ByteOffset / 4 < group.Start + group.Count)
                    .Select(t => t.Tensor.Name),
            ];
            Assert.Equal(
                layout
                    .Tensors.Where(t => t.Tensor.Spec.Trainable && t.Tensor.Spec.Role == group.Role)
                    .Select(t => t.Tensor.Name),
                within
            );
        }

        Assert.Equal(layout.TrainableBytes, at * 4L);
        Assert.True(layout.ParameterBytes > layout.TrainableBytes);
    }

    [Fact]
    public void Tensors_are_aligned_and_apart()
    {
        var layout = new TensorLayout(Graph);
        foreach (bool state in (bool[])[true, false])
        {
            long end = 0;
            foreach (
                TensorPlace place in layout
                    .Tensors.Where(t => t.Tensor.Spec.Role == TensorRole.State == state)
                    .OrderBy(t => t.ByteOffset)
            )
            {
                Assert.Equal(0, place.ByteOffset % 64);
                Assert.True(place.ByteOffset >= end, place.Tensor.Name);
                end =
                    place.ByteOffset
                    + (place.Tensor.Spec.Count * (place.Tensor.Spec.Type == ElementType.Int64 ? 8 : 4));
            }

            Assert.True(end <= (state ? layout.StateBytes : layout.ParameterBytes));
        }
    }

    [Fact]
    public void A_tensor_that_does_not_exist_is_named_with_those_that_do()
    {
        using Model model = Model.Create(Graph, 1);
        string message = Assert.Throws<GraphException>(() => model.Floats("linear9.weight").Length).Message;
        Assert.Contains("linear9.weight", message);
        Assert.Contains("linear1.weight", message);
        Assert.Throws<GraphException>(() => model.Integers("linear1.weight").Length);
        Assert.Throws<GraphException>(() => model.Floats("batchnorm1.num_batches_tracked").Length);
    }

    [Fact]
    public void Clones_share_nothing()
    {
        using Model model = Samples.Model(Graph);
        using Model clone = model.Clone();
        Assert.Equal(Samples.Bytes(model), Samples.Bytes(clone));
        clone.Floats("linear1.weight")[0] += 1;
        clone.Floats("batchnorm1.running_mean")[0] += 1;
        Assert.NotEqual(model.Floats("linear1.weight")[0], clone.Floats("linear1.weight")[0]);
        Assert.NotEqual(model.Floats("batchnorm1.running_mean")[0], clone.Floats("batchnorm1.running_mean")[0]);
    }

    [Fact]
    public void A_disposed_model_is_refused()
    {
        Model model = Model.Create(Graph, 1);
        model.Dispose();
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Floats("linear1.weight").Length);
    }
}
