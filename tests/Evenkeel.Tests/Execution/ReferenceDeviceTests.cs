using Evenkeel.Execution;
using Evenkeel.Graphs;
using Evenkeel.Lowering;
using Evenkeel.Networks;
using Evenkeel.Tests.Properties;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Execution;

public sealed class ReferenceDeviceTests
{
    private const int Steps = 8;
    private const int Batch = 20;

    // A device in double precision and one in floats that trains by as many of its own steps: rounding grows with each.
    [Fact]
    public void It_trains_the_mnist_network_as_the_cpu_does()
    {
        float[] onReference = Train(Device.Reference()),
            onCpu = Train(Device.Cpu(2));
        Assert.True(onCpu[^1] < 0.9 * onCpu[0], $"{onCpu[0]} to {onCpu[^1]}");
        for (int i = 0; i < Steps; i++)
            Assert.Equal(onReference[i], onCpu[i], 2e-6f);
    }

    [Fact]
    public void It_keeps_digits_that_the_model_does_not_have()
    {
        Graph graph = Network.Input(3).Linear(2).Build();
        using Model model = Model.Create(graph, 1);
        using Device device = Device.Reference();
        using var executor = new Executor(model, Engine.Options(PlanMode.Inference, 1), device);
        float[] inputs = [1 / 3f, 0.7f, -0.2f];
        executor.Forward(inputs);
        float before = executor.Output[0];
        model.Floats("linear1.bias")[0] += 1;
        executor.Forward(inputs);
        Assert.Equal(before + 1, executor.Output[0], 1e-6f);
    }

    [Fact]
    public void Its_gradients_are_the_slopes_of_its_loss()
    {
        int shown = 0,
            all = 0;
        NetworkProperty.Holds(
            60,
            network =>
            {
                if (!Engine.Learns(network.Graph))
                    return;
                using Model model = network.Model();
                var reference = new DoubleNetwork(model) { Mode = PlanMode.Training, Seed = Engine.Seed };
                float[] inputs = network.Inputs();
                int[] labels = network.Labels(network.Batch);
                DoubleRun run = reference.Train(inputs, labels);
                foreach (var place in model.Layout.Tensors.Where(t => t.Tensor.Spec.Trainable))
                {
                    shown += Slopes.Check(reference, run, place.Tensor.Name, inputs, labels) ? 1 : 0;
                    all++;
                }
            }
        );
        Assert.InRange(shown, all * 3 / 4, all);
    }

    private static float[] Train(Device device)
    {
        using (device)
        {
            using Model model = Model.Create(MnistNetwork.Create(batchNorm: true), 1);
            var options = new TrainingOptions { Seed = 3 };
            using var trainer = new BatchTrainer(model, Batch, options, device);
            float[] losses = new float[Steps];
            for (int i = 0; i < Steps; i++)
            {
                float[] inputs = Samples.Floats(Batch * model.Graph.Input.Shape.Count, (ulong)(i % 2));
                losses[i] = (float)trainer.Step(inputs, Samples.Labels(Batch, 10, (ulong)(i % 2))).Loss;
            }

            return losses;
        }
    }
}
