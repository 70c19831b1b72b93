using Evenkeel.Diagnostics;
using Evenkeel.Layers;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Diagnostics;

/// <summary>Networks that whiten, damaged on purpose: what diagnosis and inspection say, and whether recalibration repairs it.</summary>
public sealed class WhiteningDiagnosisTests(WhitenedDigits trained) : IClassFixture<WhitenedDigits>, IDisposable
{
    private readonly Device _device = Device.Cpu(2);
    private readonly DatasetSplit _data = trained.Data;

    public void Dispose() => _device.Dispose();

    [Fact]
    public void A_healthy_network_is_left_in_peace()
    {
        using Model model = Trained();
        Diagnosis diagnosis = model.Diagnose(_data.Test, device: _device);
        Assert.True(diagnosis.Cause == StatisticsCause.None, diagnosis.ToString());
        Assert.Equal(["first", "second"], diagnosis.Layers.Select(l => l.Layer));
        Assert.All(diagnosis.Layers, l => Assert.True(l.Fits && l.CorrelationGap is < 0.15, $"{l}"));
        Assert.InRange(diagnosis.Stored.Accuracy, 0.7, 1);
        BatchNormHealth[] health = [.. model.InspectBatchNorm()];
        Assert.All(health, h => Assert.Empty(h.Findings));
        Assert.Equal([10, 5], health.Select(h => h.GroupSize!.Value));
        // Of few channels that are related: nothing near singular, and not the identity.
        Assert.All(health, h => Assert.InRange(h.Condition!.Value, 1.5, 1e4));
    }

    [Fact]
    public void Correlations_of_the_other_sign_are_seen_and_measured_again()
    {
        using Model model = Trained();
        Span<float> covariance = model.Floats("first.running_cov");
        for (int i = 0; i < covariance.Length; i++)
        {
            if (i / 20 != i % 20 % 10)
                covariance[i] = -covariance[i];
        }

        Diagnosis diagnosis = model.Diagnose(_data.Test, device: _device);
        Assert.True(diagnosis.Cause == StatisticsCause.Stale, diagnosis.ToString());
        LayerGap gap = diagnosis.Layers[0];
        Assert.True(gap is { Fits: false, CorrelationGap: > StatisticsGap.MaxCorrelationGap }, $"{gap}");
        // Means and variances are as they were.
        Assert.True(gap.MeanGap <= StatisticsGap.MaxMeanGap, $"{gap}");
        AssertRepaired(model);
    }

    [Fact]
    public void A_covariance_that_is_no_number_is_named_with_its_layer()
    {
        using Model model = Trained();
        // Beside the diagonal.
        model.Floats("second.running_cov")[1] = float.NaN;
        BatchNormFinding finding = Assert.Single(model.InspectBatchNorm()[1].Findings);
        Assert.Equal((BatchNormProblem.NotFinite, 1), (finding.Problem, Assert.Single(finding.Channels)));
        Assert.True(double.IsNaN(model.InspectBatchNorm()[1].Condition!.Value));
        Diagnosis diagnosis = model.Diagnose(_data.Test, device: _device);
        Assert.Equal(StatisticsCause.Poisoned, diagnosis.Cause);
        Assert.Contains("'second'", diagnosis.Text, StringComparison.Ordinal);
        AssertRepaired(model);
    }

    [Fact]
    public void A_shift_of_the_data_is_named()
    {
        using Model model = Trained();
        var hazy = new MappedDataset(_data.Test, v => 0.3f + (0.2f * v));
        Diagnosis diagnosis = model.Diagnose(hazy, device: _device);
        Assert.True(diagnosis.Cause == StatisticsCause.DomainShift, diagnosis.ToString());
        model.Recalibrate(new MappedDataset(_data.Train, v => 0.3f + (0.2f * v)), null, _device);
        Assert.Equal(StatisticsCause.None, model.Diagnose(hazy, device: _device).Cause);
    }

    [Fact]
    public void Eigenvalues_that_no_data_has_are_found()
    {
        using Model model = Trained();
        Span<float> covariance = model.Floats("second.running_cov");
        // A correlation of 2, of the first two channels of the second group of five.
        float pair = 2 * MathF.Sqrt(covariance[5] * covariance[16 + 10]);
        (covariance[15 + 5], covariance[6]) = (pair, pair);
        BatchNormFinding finding = model
            .InspectBatchNorm()[1]
            .Findings.First(f => f.Problem == BatchNormProblem.ImpossibleCovariance);
        Assert.Equal([5, 6, 7, 8, 9], finding.Channels);
        Assert.Contains("channels 5 to 9", finding.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Outputs_that_depend_on_each_other_are_found_where_eigenvalues_whiten(bool iterative)
    {
        // Eight outputs of three inputs: five directions have no variance.
        var convention = new BatchNormConvention { UpdateRate = null };
        WhiteningNorm norm = iterative ? new IterNorm(5, 0, convention) : new DecorrelatedBatchNorm(0, convention);
        using Model model = Model.Create(Network.Input(3).Linear(8).Add(norm, "white").Linear(2).Build(), 1);
        float[] rows = [.. Enumerable.Range(0, 300).Select(i => MathF.Sin(1 + (i * i)))];
        model.Recalibrate(new ArrayDataset("rows", rows, [3]), null, _device);
        BatchNormHealth health = Assert.Single(model.InspectBatchNorm());
        // Five of them are eps, and the largest is near 1.
        Assert.InRange(health.Condition!.Value, 1e4, 1e6);
        if (iterative)
        {
            Assert.Empty(health.Findings);
            return;
        }

        BatchNormFinding finding = Assert.Single(health.Findings);
        Assert.Equal(BatchNormProblem.SingularCovariance, finding.Problem);
        foreach (string word in (string[])["5 of 8 directions", "1E-05", "channels 0 to 7"])
            Assert.Contains(word, finding.Text, StringComparison.Ordinal);
        Assert.Contains("groupSize", finding.Remedy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, 1)]
    [InlineData(9, 0)]
    [InlineData(1, 0)]
    public void Batches_with_too_few_rows_are_told_of(int batch, int notes)
    {
        // A single row is an error of its own. Images have many rows, and iterations enlarge little.
        Graph graph = Network
            .Input(4, 4, 4)
            .Conv2d(8, 1)
            .DecorrelatedBatchNorm(8)
            .Flatten()
            .Linear(8)
            .DecorrelatedBatchNorm(0, name: "white")
            .IterNorm(groupSize: 0)
            .Build();
        string[] found = [.. WhiteningRows.Notes(graph, batch)];
        Assert.Equal(notes, found.Length);
        foreach (string note in found)
        {
            foreach (string word in (string[])["'white'", "8 channels", "8 rows", "rank 7", "groupSize"])
                Assert.Contains(word, note, StringComparison.Ordinal);
        }
    }

    private void AssertRepaired(Model model)
    {
        model.Recalibrate(_data.Train, null, _device);
        Diagnosis after = model.Diagnose(_data.Test, device: _device);
        Assert.True(after.Cause == StatisticsCause.None, after.ToString());
        Assert.InRange(after.Stored.Accuracy, 0.7, 1);
    }

    private Model Trained() => trained.Model.Clone();
}
