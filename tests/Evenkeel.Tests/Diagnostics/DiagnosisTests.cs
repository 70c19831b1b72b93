using Evenkeel.Diagnostics;
using Evenkeel.Layers;
using Evenkeel.Tests.Reference;

namespace Evenkeel.Tests.Diagnostics;

/// <summary>Networks that are damaged on purpose: each damage is named, and each is repaired by what the diagnosis says.</summary>
public sealed class DiagnosisTests(TrainedDigits trained) : IClassFixture<TrainedDigits>, IDisposable
{
    private readonly Device _device = Device.Cpu(2);

    public void Dispose() => _device.Dispose();

    [Theory]
    [InlineData("flat")]
    [InlineData("convolutional")]
    public void A_healthy_network_is_left_in_peace(string kind)
    {
        using Model model = trained.Copy(kind);
        Diagnosis diagnosis = Diagnose(model);
        Assert.True(diagnosis.Cause == StatisticsCause.None, diagnosis.Text);
        Assert.All(diagnosis.Layers, l => Assert.True(l.Fits, l.Layer));
        Assert.InRange(diagnosis.Stored.Accuracy, 0.7, 1);
        Assert.InRange(diagnosis.Stored.Accuracy - diagnosis.Batch.Accuracy, -0.05, 0.05);
    }

    [Theory]
    [InlineData("flat", float.NaN)]
    [InlineData("convolutional", float.PositiveInfinity)]
    [InlineData("convolutional", -1f)]
    public void Poisoned_statistics_are_named_with_their_layer(string kind, float value)
    {
        using Model model = trained.Copy(kind);
        string layer = TrainedDigits.Norms(model.Graph).ElementAt(1).Name;
        model.Floats($"{layer}.running_var")[3] = value;
        Diagnosis diagnosis = AssertNamed(StatisticsCause.Poisoned, model);
        Assert.Contains($"'{layer}'", diagnosis.Text, StringComparison.Ordinal);
        AssertRepaired(model, diagnosis);
    }

    [Theory]
    [InlineData("flat", 0)]
    [InlineData("flat", 4)]
    [InlineData("convolutional", 4)]
    public void Too_few_updates(string kind, int updates)
    {
        using Model model = trained.UpdateStatistics(kind, updates, 64, 0.1, fromTheBeginning: true);
        Diagnosis diagnosis = AssertNamed(StatisticsCause.TooFewUpdates, model);
        // Four updates of a tenth go 1 - 0.9^4 of the way.
        Assert.Contains(updates == 0 ? " 0 %" : " 3", diagnosis.Text, StringComparison.Ordinal);
        AssertRepaired(model, diagnosis);
    }

    [Fact]
    public void Tiny_batches()
    {
        using Model model = trained.UpdateStatistics("flat", 300, 2, 0.1);
        AssertRepaired(model, AssertNamed(StatisticsCause.TinyBatches, model));
    }

    [Fact]
    public void An_update_rate_of_the_other_convention()
    {
        // The flat network: hundreds of positions make a convolution's statistics good from a dozen images.
        using Model model = trained.UpdateStatistics("flat", 50, 12, 0.99);
        Diagnosis diagnosis = AssertNamed(StatisticsCause.UpdateRate, model);
        Assert.Contains("0.99", diagnosis.Text, StringComparison.Ordinal);
        AssertRepaired(model, diagnosis);
    }

    [Theory]
    [InlineData("flat", true)]
    [InlineData("convolutional", true)]
    [InlineData("flat", false)]
    [InlineData("convolutional", false)]
    public void Data_of_another_domain(string kind, bool inverted)
    {
        using Model model = trained.Copy(kind);
        var shifted = new MappedDataset(trained.Data.Test, v => inverted ? 1 - v : 0.3f + (0.2f * v));
        Diagnosis diagnosis = AssertNamed(StatisticsCause.DomainShift, model, shifted);
        // Low contrast is undone by new statistics. Inversion turns every pre-activation's sign, BN(-x) = -BN(x), and is not.
        Assert.Equal(inverted, diagnosis.Remedy.Contains("recalibration will not", StringComparison.Ordinal));
        model.Recalibrate(
            new MappedDataset(trained.Data.Train, v => inverted ? 1 - v : 0.3f + (0.2f * v)),
            null,
            _device
        );
        Diagnosis after = Diagnose(model, shifted);
        Assert.Equal(inverted ? StatisticsCause.CannotTell : StatisticsCause.None, after.Cause);
        // Not all the way for convolutions: their zero padding does not change.
        Assert.Equal(!inverted, after.Stored.Accuracy > diagnosis.Stored.Accuracy + 0.2);
    }

    [Theory]
    [InlineData("flat", "deviation")]
    [InlineData("convolutional", "deviation")]
    [InlineData("flat", "inverse")]
    [InlineData("convolutional", "inverse")]
    [InlineData("flat", "half")]
    public void Statistics_of_another_convention(string kind, string convention)
    {
        using Model model = trained.Copy(kind);
        TrainedDigits.MapVariances(
            model,
            v =>
                convention switch
                {
                    "deviation" => MathF.Sqrt(v),
                    "inverse" => 1 / MathF.Sqrt(v + 1e-5f),
                    _ => v / 2,
                }
        );
        Diagnosis diagnosis = AssertNamed(StatisticsCause.Convention, model);
        string word = convention switch
        {
            "deviation" => "standard deviations",
            "inverse" => "inverse standard deviations",
            _ => "0.5",
        };
        Assert.Contains(word, diagnosis.Text, StringComparison.Ordinal);
        AssertRepaired(model, diagnosis);
    }

    [Fact]
    public void Another_epsilon_than_in_training()
    {
        // Inputs so small that an epsilon of 1e-3 weighs: variances of some 1e-4.
        var faint = new MappedDataset(trained.Data.Train, v => 0.005f * v);
        var test = new MappedDataset(trained.Data.Test, v => 0.005f * v);
        using Model model = trained.Train(WithEpsilon(trained.Flat, 1e-3f), faint);
        Assert.Equal(StatisticsCause.None, model.Diagnose(test, device: _device).Cause);
        using Model misread = model.With(WithEpsilon(model.Graph, 1e-5f));
        Diagnosis diagnosis = misread.Diagnose(test, device: _device);
        Assert.Equal(StatisticsCause.Epsilon, diagnosis.Cause);
        Assert.Contains("0.001", diagnosis.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_without_batch_normalisation_has_nothing_to_diagnose()
    {
        using Model model = Model.Create(Network.Input(784).Linear(10).Build(), 1);
        Diagnosis diagnosis = Diagnose(model);
        Assert.Equal(StatisticsCause.None, diagnosis.Cause);
        Assert.Contains("no batch normalisation", diagnosis.Text, StringComparison.Ordinal);
        Assert.Empty(diagnosis.Layers);
    }

    private static Graph WithEpsilon(Graph graph, float epsilon) =>
        TrainedDigits
            .Norms(graph)
            .Aggregate(
                graph,
                (g, n) =>
                    g.Replace(
                        n.Name,
                        (BatchNorm)n.Layer with
                        {
                            Convention = ((BatchNorm)n.Layer).Convention with { Epsilon = epsilon },
                        }
                    )
            );

    private Diagnosis Diagnose(Model model, IDataset? data = null) =>
        model.Diagnose(data ?? trained.Data.Test, device: _device);

    private Diagnosis AssertNamed(StatisticsCause cause, Model model, IDataset? data = null)
    {
        string before = model.ParameterChecksum();
        Diagnosis diagnosis = Diagnose(model, data);
        Assert.True(
            diagnosis.Cause == cause,
            $"{diagnosis.Cause}: {diagnosis.Text}\n{string.Join('\n', diagnosis.Layers)}"
        );
        Assert.Contains(diagnosis.Layers, l => !l.Fits);
        Assert.Equal(before, model.ParameterChecksum());
        return diagnosis;
    }

    private void AssertRepaired(Model model, Diagnosis before)
    {
        model.Recalibrate(trained.Data.Train, null, _device);
        Diagnosis after = Diagnose(model);
        Assert.True(after.Cause == StatisticsCause.None, after.Text);
        Assert.True(after.Stored.Accuracy > before.Stored.Accuracy - 0.01, $"{before.Stored} to {after.Stored}");
        Assert.InRange(after.Stored.Accuracy, 0.7, 1);
    }
}
