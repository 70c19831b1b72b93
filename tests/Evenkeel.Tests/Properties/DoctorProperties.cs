using Evenkeel.Diagnostics;
using Evenkeel.Layers;
using Evenkeel.Lowering;
using Evenkeel.Normalization;
using Evenkeel.Tests.Reference;
using Evenkeel.Training;

namespace Evenkeel.Tests.Properties;

/// <summary>Inspecting, diagnosing and recalibrating any network with any data ends in an answer.</summary>
public sealed class DoctorProperties
{
    private const int Cases = 100;

    [Fact]
    public void Every_network_is_inspected() =>
        NetworkProperty.Holds(
            2 * Cases,
            network =>
            {
                using Model model = network.Model();
                Assert.Equal(
                    network.Graph.Nodes.Where(n => n.Layer is BatchNorm or WhiteningNorm).Select(n => n.Name),
                    model.InspectBatchNorm().Select(h => h.Layer)
                );
            }
        );

    [Fact]
    public void Every_network_is_diagnosed()
    {
        using var device = Device.Cpu(2);
        var options = new DiagnosisOptions { BatchSize = 16 };
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                using Model model = network.Model();
                foreach (int count in (int[])[3, 60])
                {
                    Diagnosis diagnosis = model.Diagnose(Data(network, count), options, device);
                    Assert.NotEmpty(diagnosis.Text);
                    Assert.NotEmpty(diagnosis.Remedy);
                }
            }
        );
    }

    [Fact]
    public void Every_network_that_stores_statistics_is_recalibrated()
    {
        using var device = Device.Cpu(2);
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                if (!StoresStatistics(network.Graph))
                    return;
                foreach (RecalibrationOrder order in Enum.GetValues<RecalibrationOrder>())
                {
                    using Model model = network.Model();
                    var options = new RecalibrationOptions { Order = order, BatchSize = 8 };
                    try
                    {
                        var report = model.Recalibrate(Data(network, 20), options, device);
                        Assert.All(report, l => Assert.True(double.IsFinite(l.MeanShift + l.VarianceRatio), l.Layer));
                    }
                    catch (StatisticsException) when (!IsDefined(network, 20))
                    {
                        // A network that gives NaN on this data has no statistics on it, and nothing was changed.
                        using Model before = network.Model();
                        Assert.Equal(Samples.Bytes(before), Samples.Bytes(model));
                    }
                }
            }
        );
    }

    private static bool IsDefined(RandomNetwork network, int count)
    {
        using Model model = network.Model();
        return new ExpectedValues(model, PlanMode.BatchStatistics, network.Inputs(count)).Defined;
    }

    private static bool StoresStatistics(Graph graph) =>
        graph.Nodes.Any(n => n.Layer is BatchNorm) && !graph.Nodes.Any(n => n.Layer.MixesExamples);

    private static ArrayDataset Data(RandomNetwork network, int count)
    {
        float[] inputs = network.Inputs(count);
        int[] shape = [.. network.Graph.Input.Shape.Dimensions];
        return network.Classifies
            ? new ArrayDataset("random", inputs, network.Labels(count), shape, network.Graph.Output.Shape.Channels)
            : new ArrayDataset("random", inputs, shape);
    }
}
