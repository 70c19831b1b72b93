using Evenkeel.Diagnostics;
using Evenkeel.Layers;
using Evenkeel.Reporting.Metrics;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;
using Evenkeel.Watch.Following;
using Evenkeel.Watch.Tests.Support;

namespace Evenkeel.Watch.Tests;

/// <summary>What a run records of its layers, beside what the model that it saved says at the same step.</summary>
public sealed class LayerRecordsTests
{
    [Fact]
    public void The_last_record_is_that_of_the_last_model()
    {
        string folder = Path.Combine(Directory.CreateTempSubdirectory("evenkeel-watch-").FullName, "run");
        RunConfig config = RunConfig.Parse(RecordedRun.Config);
        RunFiles files = TrainingRun.Start(config, folder).Files;
        MetricsRow[] rows = [.. MetricsHistory.Read(files.Layers).Rows];
        Assert.Equal([5, 10, 15, 20], rows.Select(row => row.Step));
        using Model model = Model.Load(files.Last);
        foreach (BatchNormHealth norm in model.InspectBatchNorm())
        {
            Assert.Equal(norm.Mean.Mean, Recorded(norm.Layer, LayerValue.Mean));
            Assert.Equal(norm.Mean.Min, Recorded(norm.Layer, LayerValue.LowestMean));
            Assert.Equal(norm.Variance.Max, Recorded(norm.Layer, LayerValue.HighestVariance));
            foreach (BatchNormFinding finding in norm.Findings)
                Assert.Equal(finding.Channels.Count, Recorded(norm.Layer, LayerValue.Of(finding.Problem)));
        }

        IDataset examples = DataSource.Load(config.Data, config.Training.Seed, RunHost.Silent, default).Validation;
        foreach (var node in model.Graph.Nodes.Where(n => n.Layer is Activation))
        {
            using var probe = new PercentileProbe(model, examples, node.Inputs[0], [.. LayerValue.Percentiles]);
            float[] measured = new float[3 * probe.Units];
            probe.Run(measured);
            float[] middle = measured[(3 * (probe.Units / 2))..][..3];
            Assert.Equal(
                middle.Select(value => (double)value),
                LayerValue.Percentiles.Select(p => Recorded(node.Name, LayerValue.OfPercentile(p)))
            );
        }

        Directory.GetParent(folder)!.Delete(recursive: true);

        double Recorded(string layer, string value) => rows[^1].Values[LayerValue.NameOf(layer, value)];
    }

    [Fact]
    public void A_problem_that_is_gone_is_told_no_more()
    {
        using RecordedRun run = new RecordedRun().AtWork();
        var log = new FollowedLog(run.At("layers.jsonl"), 8);
        var records = new LayerRecords(log.Courses);
        log.Look();
        Assert.Equal(["batchnorm1", "batchnorm2"], records.Norms);
        Assert.Equal([(BatchNormProblem.FewUpdates, 12)], records.Problems("batchnorm1"));
        File.AppendAllLines(
            run.At("layers.jsonl"),
            ["""{"step":25,"batchnorm1/mean":1,"batchnorm2/deadChannels":2}"""]
        );
        log.Look();
        Assert.Empty(records.Problems("batchnorm1"));
        Assert.Equal([(BatchNormProblem.DeadChannels, 2)], records.Problems("batchnorm2"));
    }
}
