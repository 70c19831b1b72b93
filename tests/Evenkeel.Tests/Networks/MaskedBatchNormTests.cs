using Evenkeel.Networks;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Networks;

/// <summary>Batch normalisation of whole sequences of different length, between recurrent layers.</summary>
public sealed class MaskedBatchNormTests
{
    private const int Steps = 4;
    private static readonly int[] _lengths = [4, 1, 3, 2, 3, 4];

    // One value of a step and a mask: the statistics are those of all steps that there are.
    [Fact]
    public void Statistics_are_those_of_the_steps_that_sequences_have()
    {
        BatchNormConvention convention = BatchNormConvention.Default with { UpdateRate = 1 };
        using Model model = Samples.Model(
            Network.Input(Steps, 2).MaskedBatchNorm(convention, "norm").Linear(3).Build()
        );
        float[] inputs = Inputs(2);
        double[] values =
        [
            .. Enumerable.Range(0, _lengths.Length * Steps).Where(Has).Select(row => (double)inputs[row * 2]),
        ];
        double mean = values.Average(),
            variance = values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1);
        using (var trainer = new BatchTrainer(model, _lengths.Length, new TrainingOptions { Threads = 1 }))
            trainer.Step(inputs, Samples.Labels(_lengths.Length * Steps, 3, 5));
        // A float of a double.
        Assert.Equal(mean, model.Floats("norm.norm.running_mean")[0], 1e-7);
        Assert.Equal(variance, model.Floats("norm.norm.running_var")[0], 1e-7);
    }

    [Fact]
    public void Padding_is_0_and_the_mask_stays()
    {
        using Model model = Samples.Model(Network.Input(Steps, 4).MaskedBatchNorm().Build());
        float[] inputs = Inputs(4);
        using var predictor = new Predictor(model, threads: 1);
        float[] found = predictor.Predict(inputs);
        for (int row = 0; row < _lengths.Length * Steps; row++)
        {
            Assert.Equal(Has(row) ? 1 : 0, found[(row * 4) + 3]);
            Assert.All(found[(row * 4)..((row * 4) + 3)], v => Assert.Equal(Has(row), v != 0));
        }
    }

    // Three normalisations of few values: ten times as much of float32's rounding, as in MaskedNormTests.
    [Fact]
    public void Gradients_between_recurrent_layers_are_those_of_finite_differences()
    {
        var options = new RecurrentOptions { Masked = true };
        Graph graph = Network
            .Input(Steps, 4)
            .Lstm(4, options)
            .MaskedBatchNorm()
            .Gru(3, options with { Direction = RecurrentDirection.Both })
            .MaskedBatchNorm()
            .Linear(3)
            .Build();
        int[] labels = Samples.Labels(_lengths.Length * Steps, 3, 5);
        for (int row = 0; row < labels.Length; row++)
            labels[row] = Has(row) ? labels[row] : BatchTrainer.NoLabel;
        GradientCheck.Run(
            graph,
            _lengths.Length,
            inputs: Inputs(4),
            tolerance: 10 * GradientCheck.Tolerance,
            labels: labels
        );
    }

    [Fact]
    public void What_does_not_go_is_told()
    {
        var e = Assert.Throws<GraphException>(() => Network.Input(5, 1).MaskedBatchNorm());
        Assert.Contains(
            "'maskedbatchnorm1' takes a mask as the last channel, so at least 2 channels, not [5, 1]",
            e.Message,
            StringComparison.Ordinal
        );
    }

    private static bool Has(int row) => row % Steps < _lengths[row / Steps];

    private static float[] Inputs(int channels)
    {
        float[] inputs = Samples.Floats(_lengths.Length * Steps * channels, 9);
        for (int row = 0; row < _lengths.Length * Steps; row++)
            inputs[(row * channels) + channels - 1] = Has(row) ? 1 : 0;
        return inputs;
    }
}
