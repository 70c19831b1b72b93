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

    // Two devices train by as many of their own steps: rounding grows with each, by some 1e-7 of values and gradients of order 1.
    [Fact]
    public void It_trains_the_mnist_network_as_the_cpu_does()
    {
        (double[] losses, float[] tensors) = Train(Device.Reference());
        (double[] cpuLosses, float[] cpuTensors) = Train(Device.Cpu(2));
        Assert.True(losses[^1] < 0.9 * losses[0], $"{losses[0]} to {losses[^1]}");
        Close.Absolute(losses, cpuLosses, 2e-6, "losses");
        Close.Absolute(Array.ConvertAll(tensors, v => (double)v), cpuTensors, 5e-6, "parameters and statistics");
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

    // Losses, and all parameters and running statistics behind the last step.
    private static (double[] Losses, float[] Tensors) Train(Device device)
    {
        using (device)
        {
            using Model model = Model.Create(MnistNetwork.Create(batchNorm: true), 1);
            var options = new TrainingOptions { Optimizer = new SgdMomentum(), ClipNorm = 1 };
            using var trainer = new BatchTrainer(model, Batch, options, device);
            double[] losses = new double[Steps];
            for (int i = 0; i < Steps; i++)
            {
                float[] inputs = Samples.Floats(Batch * model.Graph.Input.Shape.Count, (ulong)(i % 2));
                losses[i] = trainer.Step(inputs, Samples.Labels(Batch, 10, (ulong)(i % 2))).Loss;
            }

            return (
                losses,
                [
                    .. model
                        .Layout.Tensors.Where(t => t.Tensor.Spec.Type == ElementType.Float32)
                        .SelectMany(t => model.Floats(t.Tensor.Name).ToArray()),
                ]
            );
        }
    }
}
