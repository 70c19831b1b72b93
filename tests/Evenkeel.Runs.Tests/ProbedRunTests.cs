using Evenkeel.Ranks;
using Evenkeel.Reporting.Metrics;

namespace Evenkeel.Runs.Tests;

/// <summary>Runs that measure gradients and saturated values on the way.</summary>
public sealed class ProbedRunTests : IDisposable
{
    private static readonly RunConfig Probed = RunWorkspace.Config with { ProbeEvery = 4 };
    private readonly RunWorkspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Every_layer_is_measured_before_training_and_every_so_many_steps()
    {
        RunFiles files = TrainingRun.Start(Probed, _work.File("run")).Files;
        MetricsHistory metrics = files.ReadMetrics();
        Assert.Equal(
            ["gradient/linear1", "gradient/linear2", "saturated/relu1"],
            metrics.Names.Where(name => name.Contains('/', StringComparison.Ordinal))
        );
        foreach (string name in (string[])["gradient/linear1", "gradient/linear2", "saturated/relu1"])
        {
            (IReadOnlyList<double> steps, IReadOnlyList<double> values) = metrics.Series(name);
            Assert.Equal([0, 4, 8, 12, 16, 20], steps);
            Assert.All(values, value => Assert.InRange(value, double.Epsilon, 100));
            // Weights move between any two of them.
            Assert.Equal(values.Count, values.Distinct().Count());
        }

        Assert.InRange(metrics.Series("saturated/relu1").Values.Max(), 0.1, 0.9);
        string page = File.ReadAllText(files.Page);
        Assert.Contains("Gradient over training", page, StringComparison.Ordinal);
        Assert.Contains("Saturated values by layer", page, StringComparison.Ordinal);
    }

    [Fact]
    public void It_changes_no_bit_of_the_model_and_adds_its_lines_alone()
    {
        RunFiles plain = TrainingRun.Start(RunWorkspace.Config, _work.File("plain")).Files,
            probed = TrainingRun.Start(Probed, _work.File("probed")).Files;
        Assert.Equal(File.ReadAllBytes(plain.Last), File.ReadAllBytes(probed.Last));
        Assert.Equal(File.ReadAllBytes(plain.Best), File.ReadAllBytes(probed.Best));
        Assert.Equal(
            File.ReadAllLines(plain.Metrics),
            File.ReadAllLines(probed.Metrics).Where(line => !line.Contains('/', StringComparison.Ordinal))
        );
        Assert.DoesNotContain("Gradient over training", File.ReadAllText(plain.Page), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_run_and_one_of_two_ranks_have_the_lines_of_one_that_never_stopped()
    {
        RunFiles straight = TrainingRun.Start(Probed, _work.File("straight")).Files;
        using var source = new CancellationTokenSource();
        TrainingRun.Start(Probed, _work.File("parted"), ListeningHost.StopAfter(9, source), cancellation: source.Token);
        string lines = File.ReadAllText(straight.Metrics);
        Assert.Equal(lines, File.ReadAllText(TrainingRun.Resume(_work.File("parted")).Files.Metrics));
        InProcessRanks.Run(
            2,
            ranks =>
            {
                if (ranks.Rank == 0)
                    TrainingRun.Start(Probed, _work.File("ranks"), ranks: ranks);
                else
                    TrainingRun.Follow(Probed, ranks);
            }
        );
        Assert.Equal(lines, File.ReadAllText(new RunFiles(_work.File("ranks")).Metrics));
    }

    [Fact]
    public void It_may_be_switched_on_when_a_run_goes_on()
    {
        TrainingRun.Start(RunWorkspace.Config with { Steps = 10 }, _work.File("run"));
        RunFiles files = TrainingRun.Resume(_work.File("run"), Probed).Files;
        Assert.Equal([12, 16, 20], files.ReadMetrics().Series("gradient/linear1").Steps);
    }
}
