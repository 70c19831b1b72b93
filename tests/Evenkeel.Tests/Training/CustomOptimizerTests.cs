using Evenkeel.Configuration;
using Evenkeel.Optimizers;
using Evenkeel.Testing;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Training;

/// <summary>An update rule that is the caller's code.</summary>
public sealed class CustomOptimizerTests
{
    private const int Inputs = 5;

    private static CustomOptimizer Momentum { get; } = new("momentum", Descend, "velocity");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_trains_as_the_same_rule_of_the_library(bool reference)
    {
        using Device device = reference ? Device.Reference() : Device.Cpu(2);
        float[] expected = Trained(new SgdMomentum(0.9f) { WeightDecay = 0.01f }, device),
            found = Trained(Momentum with { WeightDecay = 0.01f }, device);
        // The same sums of floats, rounded in another order.
        Close.Relative([.. expected.Select(v => (double)v)], found, 1e-5, "parameters");
    }

    [Fact]
    public void Both_states_and_the_number_of_the_update_are_given()
    {
        long last = 0;
        var rule = new CustomOptimizer(
            "counting",
            step =>
            {
                Assert.Equal(step.Parameters.Length, step.FirstState.Length);
                Assert.Equal(step.Parameters.Length, step.SecondState.Length);
                foreach (ref float state in step.SecondState)
                    state += 2;
                Assert.Equal(2 * step.Number, step.SecondState[0]);
                Assert.Equal(0, step.FirstState[0]);
                last = step.Number;
            },
            "first",
            "second"
        );
        Trained(rule, null);
        Assert.Equal(3, last);
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using Model model = Build();
        using var trainer = new BatchTrainer(model, 8, new TrainingOptions { Optimizer = Momentum, Threads = 1 });
        (float[] inputs, int[] labels) = Batch(8);
        Assert.Equal(0, Allocations.Least(() => _ = trainer.Step(inputs, labels)));
    }

    [Fact]
    public void A_checkpoint_has_its_states_and_knows_its_name()
    {
        string path = Path.GetTempFileName();
        try
        {
            using Trainer whole = Open(Momentum),
                part = Open(Momentum);
            whole.Run(4);
            part.Run(2);
            Checkpoint.Save(part, path);
            using (Trainer rest = Open(Momentum))
            {
                Checkpoint.Load(rest, path);
                rest.Run(4);
                Assert.Equal(whole.Model.Trainable.ToArray(), rest.Model.Trainable.ToArray());
            }

            using Trainer other = Open(new CustomOptimizer("another", Descend, "velocity"));
            var error = Assert.Throws<ModelFileException>(() => Checkpoint.Load(other, path));
            Assert.Contains("custom(momentum)", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void It_is_known_by_its_name_and_is_no_text()
    {
        Assert.Equal(Momentum, new CustomOptimizer("momentum", _ => { }, "velocity"));
        Assert.NotEqual(Momentum, Momentum with { WeightDecay = 1 });
        using var writer = new System.Text.Json.Utf8JsonWriter(new MemoryStream());
        var error = Assert.Throws<ArgumentException>(() => OptimizerJson.Write(writer, Momentum));
        Assert.Contains("'momentum' is code", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new CustomOptimizer(" ", Descend));
        Assert.Throws<ArgumentException>(() => new CustomOptimizer("same", Descend, "a", "a"));
        Assert.Throws<ArgumentException>(() => new CustomOptimizer("many", Descend, "a", "b", "c"));
    }

    // v = 0.9 v + g, p -= rate * (v + decay * p).
    private static void Descend(OptimizerStep step)
    {
        for (int i = 0; i < step.Parameters.Length; i++)
        {
            step.FirstState[i] = (0.9f * step.FirstState[i]) + step.Gradients[i];
            step.Parameters[i] -= step.Rate * (step.FirstState[i] + (step.Decay * step.Parameters[i]));
        }
    }

    private static Model Build() =>
        Model.Create(Network.Input(Inputs).Linear(7).BatchNorm().Relu().Linear(3).Build(), 1);

    private static float[] Trained(OptimizerConfig rule, Device? device)
    {
        using Model model = Build();
        var options = new TrainingOptions { Optimizer = rule, LearningRate = 0.05 };
        using var trainer = new BatchTrainer(model, 20, options, device);
        for (int i = 0; i < 3; i++)
        {
            (float[] inputs, int[] labels) = Batch(20 - i);
            trainer.Step(inputs, labels);
        }

        return [.. model.Trainable];
    }

    private static Trainer Open(OptimizerConfig rule)
    {
        (float[] inputs, int[] labels) = Batch(24);
        var data = new ArrayDataset("made up", inputs, labels, [Inputs], 3);
        return new Trainer(Build(), data, new TrainingOptions { BatchSize = 8, Optimizer = rule });
    }

    private static (float[] Inputs, int[] Labels) Batch(int count)
    {
        var random = new Random(count);
        return (
            [.. Enumerable.Range(0, count * Inputs).Select(_ => (random.NextSingle() * 4) - 1.7f)],
            [.. Enumerable.Range(0, count).Select(_ => random.Next(3))]
        );
    }
}
