using Evenkeel.Execution;
using Evenkeel.Lowering;
using Evenkeel.Planning;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Layers;

/// <summary>What sections 3 and 3.3 of the paper say of the transform, on the engine itself.</summary>
public sealed class PaperPropertiesTests
{
    private const int Batch = 24;

    private static readonly Graph Net = Network
        .Input(6)
        .Linear(8, bias: false)
        .BatchNorm(new BatchNormConvention { Epsilon = 0 })
        .Sigmoid()
        .Linear(3)
        .Build();

    [Fact]
    public void Scaled_weights_give_the_same_output_and_gradients_scaled_by_the_inverse()
    {
        // A power of two, so that scaling is exact in float and equality can be asked for to the bit; epsilon is 0.
        const float Scale = 4;
        (float[] output, float[] gradient) = Run(1);
        (float[] scaledOutput, float[] scaledGradient) = Run(Scale);
        Assert.Equal(output, scaledOutput);
        Assert.Equal([.. gradient.Select(g => g / Scale)], scaledGradient);
        Assert.Contains(gradient, g => g != 0);
    }

    [Fact]
    public void A_weight_column_is_orthogonal_to_its_gradient_so_that_its_length_never_shrinks()
    {
        using Model model = Samples.Model(Net, 3);
        (_, float[] gradient) = Run(1, model);
        ReadOnlySpan<float> weight = model.Floats("linear1.weight");
        for (int unit = 0; unit < 8; unit++)
        {
            double product = 0,
                lengths = 0;
            for (int i = 0; i < 6; i++)
            {
                product += (double)weight[(i * 8) + unit] * gradient[(i * 8) + unit];
                lengths += Math.Abs((double)weight[(i * 8) + unit] * gradient[(i * 8) + unit]);
            }

            // Each gradient carries a few float roundings of its own sum over the batch.
            Assert.InRange(Math.Abs(product), 0, 1e-5 * lengths);
        }
    }

    [Fact]
    public void Gamma_and_beta_can_restore_the_identity()
    {
        Graph graph = Network.Input(5).BatchNorm().Build();
        using Model model = Model.Create(graph, 1);
        using var device = Device.Cpu(1);
        float[] x = Samples.Floats(Batch * 5, 9, mean: 3, deviation: 2);
        using var executor = new Executor(
            ExecutionPlan.Build(graph, new PlanOptions(PlanMode.BatchStatistics, Batch)),
            model,
            device
        );
        executor.Forward(x);
        double epsilon = BatchNormConvention.Default.Epsilon;
        for (int c = 0; c < 5; c++)
        {
            model.Floats("batchnorm1.weight")[c] = (float)Math.Sqrt(executor.BatchVariance("batchnorm1")[c] + epsilon);
            model.Floats("batchnorm1.bias")[c] = (float)executor.BatchMean("batchnorm1")[c];
        }

        executor.Forward(x);
        // Three roundings at magnitudes up to about 10.
        for (int i = 0; i < x.Length; i++)
            Assert.Equal(x[i], executor.Output[i], 3e-6);
    }

    [Fact]
    public void An_example_in_inference_does_not_depend_on_its_neighbours_and_in_training_it_does()
    {
        using Model model = Samples.Model(Net, 3);
        using var device = Device.Cpu(1);
        float[] batch = Samples.Floats(Batch * 6, 4);
        Assert.Equal(First(PlanMode.Inference, batch), First(PlanMode.Inference, batch[..6]));
        Assert.NotEqual(First(PlanMode.BatchStatistics, batch), First(PlanMode.BatchStatistics, batch[..12]));

        float[] First(PlanMode mode, float[] inputs)
        {
            using var executor = new Executor(ExecutionPlan.Build(Net, new PlanOptions(mode, Batch)), model, device);
            executor.Forward(inputs);
            return executor.Output[..3].ToArray();
        }
    }

    private static (float[] Output, float[] Gradient) Run(float scale, Model? given = null)
    {
        Model model = given ?? Samples.Model(Net, 3);
        foreach (ref float w in model.Floats("linear1.weight"))
            w *= scale;
        using var device = Device.Cpu(1);
        var options = new PlanOptions(PlanMode.Training, Batch) { Loss = new SoftmaxCrossEntropy() };
        using var executor = new Executor(ExecutionPlan.Build(Net, options), model, device);
        executor.ForwardBackward(Samples.Floats(Batch * 6, 4), Samples.Labels(Batch, 3, 5));
        int start = (int)(model.Layout["linear1.weight"].ByteOffset / 4);
        (float[], float[]) result = (executor.Output.ToArray(), executor.Gradients.Slice(start, 48).ToArray());
        if (given is null)
            model.Dispose();
        return result;
    }
}
