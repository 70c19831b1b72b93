using Evenkeel.Graphs;
using Evenkeel.Normalization;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;
using static Evenkeel.Tests.Layers.WhiteningTests;

namespace Evenkeel.Tests.Layers;

/// <summary>The running statistics of normalisations that decorrelate.</summary>
public sealed class WhiteningStatisticsTests
{
    [Theory]
    [InlineData(RunningVariance.Unbiased)]
    [InlineData(RunningVariance.Biased)]
    public void Running_statistics_follow_mean_and_covariance(RunningVariance variance)
    {
        const int Batch = 11;
        var convention = new BatchNormConvention { RunningVariance = variance, UpdateRate = 0.25 };
        Graph graph = Network.Input(6).DecorrelatedBatchNorm(3, convention, "white").Linear(2).Build();
        using Model model = Model.Create(graph, 1);
        float[] inputs = Samples.Floats(Batch * 6, 3);
        using var trainer = new BatchTrainer(model, Batch, new TrainingOptions());
        trainer.Step(inputs, Samples.Labels(Batch, 2, 1));
        double[] covariance = Covariance(inputs, 6);
        double factor = variance == RunningVariance.Unbiased ? Batch / (Batch - 1.0) : 1;
        ReadOnlySpan<float> running = model.Floats("white.running_cov");
        for (int i = 0; i < running.Length; i++)
        {
            int column = i % 6,
                row = (column / 3 * 3) + (i / 6);
            Assert.Equal(
                (0.75 * (row == column ? 1 : 0)) + (0.25 * factor * covariance[(row * 6) + column]),
                running[i],
                1e-6
            );
        }

        for (int c = 0; c < 6; c++)
            Assert.Equal(
                0.25 * Enumerable.Range(0, Batch).Average(b => inputs[(b * 6) + c]),
                model.Floats("white.running_mean")[c],
                1e-6
            );
        Assert.Equal(1, model.Integers("white.num_batches_tracked")[0]);
    }

    [Theory]
    [MemberData(nameof(Kinds), MemberType = typeof(WhiteningTests))]
    public void Recalibration_measures_the_covariance_of_all_data(string kind)
    {
        Graph graph = Network.Input(6).Add(Norm(kind, 3), "white").Linear(2).Build();
        using Model model = Samples.Model(graph);
        float[] inputs = Samples.Floats(50 * 6, 8);
        RecalibratedLayer report = Assert.Single(
            model.Recalibrate(new ArrayDataset("rows", inputs, [6]), new RecalibrationOptions { BatchSize = 12 })
        );
        Assert.Equal("white", report.Layer);
        double[] covariance = Covariance(inputs, 6);
        ReadOnlySpan<float> running = model.Floats("white.running_cov");
        for (int i = 0; i < running.Length; i++)
            Assert.Equal(50 / 49.0 * covariance[((i % 6 / 3 * 3) + (i / 6)) * 6 + (i % 6)], running[i], 1e-5);
        for (int c = 0; c < 6; c++)
            Assert.Equal(
                Enumerable.Range(0, 50).Average(b => inputs[(b * 6) + c]),
                model.Floats("white.running_mean")[c],
                1e-6
            );
    }

    [Theory]
    [MemberData(nameof(Kinds), MemberType = typeof(WhiteningTests))]
    public void The_running_covariance_of_each_group_is_a_matrix_in_files(string kind)
    {
        Graph graph = Network.Input(6).Add(Norm(kind, 3), "white").Build();
        NamedTensor tensor = graph.Tensors().Single(t => t.Name == "white.running_cov");
        Assert.Equal([2, 3, 3], tensor.Spec.FileDimensions!.Value);
        using Model model = Model.Create(graph, 1);
        Assert.Equal(
            [1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1],
            model.Floats("white.running_cov").ToArray()
        );
    }
}
