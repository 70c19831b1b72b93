using Evenkeel.Data;
using Evenkeel.Data.Loading;
using Evenkeel.Data.Sampling;
using Evenkeel.Layers;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Training;

public sealed class NonFiniteLossTests
{
    public static TheoryData<float> Bad => [float.NaN, float.PositiveInfinity, float.NegativeInfinity];

    [Theory]
    [MemberData(nameof(Bad))]
    public void Failing_leaves_every_byte_and_says_which_value_it_was(float bad)
    {
        using Model model = Samples.Model(Network.Input(8).Linear(6).BatchNorm().Relu().Linear(3).Build());
        using var trainer = new Trainer(model, Data(bad), Options(NonFiniteLossPolicy.Fail));
        trainer.Step();
        byte[] before = Samples.Bytes(model);
        LoaderPosition position = trainer.Position;
        var e = Assert.Throws<NonFiniteLossException>(() => trainer.Step());
        Assert.Contains("Step 2", e.Message);
        Assert.Contains("value 5 of example 1 of the batch is", e.Message);
        Assert.Equal(before, Samples.Bytes(model));
        Assert.Equal((1, position), (trainer.StepsDone, trainer.Position));
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void Skipping_leaves_parameters_and_statistics_and_goes_on(float bad)
    {
        // A rectifier must not hide the NaN behind a finite loss: max(NaN, 0) is NaN here.
        using Model model = Samples.Model(Network.Input(8).Linear(6).BatchNorm().Relu().Linear(3).Build());
        using var trainer = new Trainer(model, Data(bad), Options(NonFiniteLossPolicy.Skip));
        trainer.Step();
        byte[] before = Samples.Bytes(model);
        StepResult skipped = trainer.Step();
        Assert.False(skipped.Applied);
        Assert.False(double.IsFinite(skipped.Loss));
        Assert.Equal(before, Samples.Bytes(model));
        Assert.Equal((1L, 2L), (trainer.SkippedBatches, trainer.StepsDone));
        Assert.True(trainer.Step().Applied);
        Assert.NotEqual(before, Samples.Bytes(model));
        Assert.Equal(2, model.Integers("batchnorm1.num_batches_tracked")[0]);
        Assert.All(model.Trainable.ToArray(), p => Assert.True(float.IsFinite(p)));
    }

    [Fact]
    public void Divergence_is_told_from_bad_data()
    {
        using Model model = Samples.Model(Network.Input(8).Linear(3).Build());
        model.Floats("linear1.bias")[0] = float.PositiveInfinity;
        using var trainer = new Trainer(model, Samples.Data(12, [8], 3), Options(NonFiniteLossPolicy.Fail));
        Assert.Contains("diverged", Assert.Throws<NonFiniteLossException>(() => trainer.Step()).Message);
    }

    [Fact]
    public void Statistics_that_are_not_updated_stay_as_they_are()
    {
        var norm = new BatchNorm(BatchNormConvention.Default) { UpdateStatistics = false };
        using Model model = Samples.Model(Network.Input(8).Linear(6).Add(norm).Relu().Linear(3).Build());
        Frozen(model, "batchnorm1.running_mean", "batchnorm1.running_var");
    }

    [Fact]
    public void A_frozen_layer_changes_no_byte_while_the_rest_learns()
    {
        var norm = new BatchNorm(BatchNormConvention.Default)
        {
            TrainAffine = false,
            UpdateStatistics = false,
            NormalizeWith = StatisticsSource.Running,
        };
        using Model model = Samples.Model(
            Network.Input(8).Add(new Linear(6) { Trainable = false }).Add(norm).Relu().Linear(3).Build()
        );
        Frozen(
            model,
            "linear1.weight",
            "linear1.bias",
            "batchnorm1.weight",
            "batchnorm1.bias",
            "batchnorm1.running_mean",
            "batchnorm1.running_var"
        );
    }

    private static void Frozen(Model model, params string[] tensors)
    {
        float[][] before = [.. tensors.Select(t => model.Floats(t).ToArray())];
        float[] head = model.Floats("linear2.weight").ToArray();
        using var trainer = new Trainer(model, Samples.Data(12, [8], 3), Options(NonFiniteLossPolicy.Fail));
        trainer.Run(20);
        for (int i = 0; i < tensors.Length; i++)
            Close.SameBits(before[i], model.Floats(tensors[i]), tensors[i]);
        Assert.Equal(0, model.Integers("batchnorm1.num_batches_tracked")[0]);
        Assert.NotEqual(head, model.Floats("linear2.weight").ToArray());
    }

    private static TrainingOptions Options(NonFiniteLossPolicy policy) =>
        new()
        {
            BatchSize = 4,
            Shuffle = ShuffleMode.None,
            OnNonFiniteLoss = policy,
            Threads = 1,
        };

    // The second batch of four holds the bad value: example 1 of the batch, value 5.
    private static ArrayDataset Data(float bad)
    {
        float[] inputs = Samples.Floats(12 * 8, 4);
        inputs[(5 * 8) + 5] = bad;
        return new ArrayDataset("bad", inputs, Samples.Labels(12, 3, 5), [8], 3, NonFiniteInputs.Allow);
    }
}
