using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>A network that whitens, without batch normalisation, through the verbs that look after statistics.</summary>
public sealed class WhiteningDoctorTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Training_tells_of_few_rows_and_the_other_verbs_know_the_layer()
    {
        string config = _work.File("white.json"),
            run = _work.File("run"),
            repaired = _work.File("repaired.safetensors");
        File.WriteAllText(
            config,
            """
            {
              "network": { "layers": [ { "type": "linear", "units": 40 }, { "type": "decorrelatedbatchnorm", "groupSize": 40, "name": "white" }, { "type": "relu" }, { "type": "linear", "units": 10 } ] },
              "data": { "source": "digits", "trainCount": 1000, "testCount": 300 }, "batchSize": 20, "steps": 60, "threads": 1
            }
            """
        );
        Outcome trained = Shell.Run("train", config, "--out", run).Expect(0);
        foreach (string word in (string[])["'white'", "groups of 40 channels", "20 rows", "rank 19"])
            Assert.Contains(word, trained.Error, StringComparison.Ordinal);
        Outcome inspected = Shell.Run("inspect", run);
        Assert.Contains("0 batch normalisations, 1 whitening layer", inspected.Out, StringComparison.Ordinal);
        Assert.Contains("white: whitens groups of 40 channels", inspected.Out, StringComparison.Ordinal);
        Outcome diagnosed = Shell.Run("diagnose", run, "--batch-size", "30");
        Assert.Contains("gap of correlations", diagnosed.Out, StringComparison.Ordinal);
        Assert.Contains("30 rows", diagnosed.Error, StringComparison.Ordinal);
        // After so short a training new statistics may do worse.
        Outcome measured = Shell.Run("recalibrate", run, "--out", repaired, "--force").Expect(0);
        Assert.Contains("white", measured.Out, StringComparison.Ordinal);
        Assert.True(File.Exists(repaired));
    }
}
