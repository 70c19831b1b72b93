using Evenkeel.Watch.Tests.Support;

namespace Evenkeel.Watch.Tests;

/// <summary>The page of a run that goes on while it is looked at.</summary>
public sealed class FollowingTests
{
    [Fact]
    public void New_lines_of_the_log_reach_the_page()
    {
        using RecordedRun run = new RecordedRun().AtWork();
        using WatchServer server = WatchServer.Start([run.Folder]);
        using var reader = new EventReader(server.Address);
        reader.WaitFor("overview", "training");
        run.Log("""{"step":21,"loss":0.0625,"learningRate":0.05}""");
        reader.WaitFor("overview", "0.0625");
        run.Log("""{"step":25,"accuracy":0.875,"validationLoss":0.5}""");
        reader.WaitFor("overview", "87.50%");
        reader.WaitFor("score-values", "0.875");
        reader.WaitFor("spoken", "87.50%");
    }

    [Fact]
    public void A_page_may_be_there_before_its_run()
    {
        using RecordedRun run = new RecordedRun().AtWork();
        string hidden = run.Folder + "-later";
        Directory.Move(run.Folder, hidden);
        using WatchServer server = WatchServer.Start([run.Folder]);
        using var reader = new EventReader(server.Address);
        reader.WaitFor("overview", "not begun");
        Directory.Move(hidden, run.Folder);
        reader.WaitFor("overview", "step 20 of 20");
        reader.WaitFor("loss", "<svg");
    }

    [Fact]
    public void A_resumed_run_shows_its_steps_once()
    {
        using RecordedRun run = new RecordedRun().AtWork();
        using WatchServer server = WatchServer.Start([run.Folder]);
        using var reader = new EventReader(server.Address);
        reader.WaitFor("overview", "step 20 of 20");
        string[] lines = File.ReadAllLines(run.At("metrics.jsonl"));
        File.WriteAllLines(run.At("metrics.jsonl"), lines[..12]);
        run.Log("""{"step":11,"loss":0.03125,"learningRate":0.05}""");
        reader.WaitFor("overview", "step 11 of 20");
        reader.WaitFor("overview", "0.03125");
    }

    [Fact]
    public void Damage_is_told_and_the_page_stays()
    {
        using RecordedRun run = new RecordedRun().AtWork();
        using WatchServer server = WatchServer.Start([run.Folder]);
        using var reader = new EventReader(server.Address);
        reader.WaitFor("overview", "training");
        run.Log("this is no line", """{"step":21,"loss":1,"learningRate":0.05}""");
        reader.WaitFor("overview", "is damaged; remove it");
        Assert.Equal(200, RawHttp.Status(server.Address, server.Address.AbsolutePath));
    }

    [Fact]
    public void NaN_is_shown_and_draws_nothing()
    {
        using RecordedRun run = new RecordedRun().AtWork();
        using WatchServer server = WatchServer.Start([run.Folder]);
        using var reader = new EventReader(server.Address);
        reader.WaitFor("overview", "training");
        run.Log("""{"step":21,"loss":"NaN","learningRate":0.05}""");
        reader.WaitFor("overview", "NaN");
        // The chart is sent before the table of its values.
        reader.WaitFor("loss-values", "NaN");
        Assert.DoesNotContain("NaN", reader.Parts["loss"], StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_state_is_sent_before_the_server_ends()
    {
        using RecordedRun run = new RecordedRun().AtWork();
        WatchServer server = WatchServer.Start([run.Folder]);
        using var reader = new EventReader(server.Address);
        reader.WaitFor("overview", "training");
        File.Delete(run.At("run.lock"));
        server.Dispose();
        reader.WaitFor("overview", "stopped");
    }

    [Fact]
    public async Task Several_runs_are_side_by_side()
    {
        using var first = new RecordedRun("plain");
        using var second = new RecordedRun("normalised");
        using WatchServer server = WatchServer.Start([first.Folder, second.Folder]);
        using var reader = new EventReader(server.Address);
        reader.WaitFor("overview", "normalised");
        reader.WaitFor("norms-1", "few updates");
        Assert.Contains(">plain<", reader.Parts["score"], StringComparison.Ordinal);
        Assert.Contains(">normalised<", reader.Parts["score"], StringComparison.Ordinal);
        using var client = new HttpClient();
        string layer = await client.GetStringAsync(new Uri(server.Address, "layer/1/0"));
        Assert.Contains("85th", layer, StringComparison.Ordinal);
    }
}
