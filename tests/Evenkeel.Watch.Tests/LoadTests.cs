using System.Globalization;
using System.Net.Sockets;
using Evenkeel.Watch.Tests.Support;

namespace Evenkeel.Watch.Tests;

/// <summary>A run of days with many readers, some of which take nothing.</summary>
public sealed class LoadTests
{
    private const int Steps = 1_000_000;
    private const int Readers = 200;
    private const int Stuck = 20;
    private const long MostBytes = 100L << 20;

    [Fact]
    public void A_million_lines_and_200_readers_take_less_than_100_MB()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The peak of a process's memory is read from /proc.");
        using RecordedRun run = new RecordedRun().AtWork();
        WriteLog(run, Steps);
        using ToolProcess tool = ToolProcess.Watch(run.Folder);
        using var first = new EventReader(tool.Address);
        first.WaitFor("overview", "step 1,000,000 of");
        TcpClient[] stuck =
        [
            .. Enumerable.Range(0, Stuck).Select(_ => RawHttp.Send(tool.Address, tool.Address.AbsolutePath + "events")),
        ];
        EventReader[] readers =
        [
            .. Enumerable.Range(0, Readers - Stuck - 1).Select(_ => new EventReader(tool.Address)),
        ];
        try
        {
            for (int more = 1; more <= 5; more++)
            {
                run.Log(Line(Steps + more, 1.0 / more));
                string step = (Steps + more).ToString("N0", CultureInfo.InvariantCulture);
                Parallel.ForEach(readers.Append(first), reader => reader.WaitFor("overview", $"step {step} of"));
            }

            long size = new FileInfo(run.At("metrics.jsonl")).Length;
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"peak {tool.PeakBytes >> 20} MB with {Readers} readers; the log has {size >> 20} MB"
            );
            Assert.InRange(tool.PeakBytes, 0, MostBytes);
        }
        finally
        {
            Array.ForEach(readers, reader => reader.Dispose());
            Array.ForEach(stuck, client => client.Dispose());
        }
    }

    [Fact]
    public void Readers_beyond_the_limit_are_turned_away_and_the_others_served()
    {
        using RecordedRun run = new RecordedRun().AtWork();
        using WatchServer server = WatchServer.Start([run.Folder]);
        string events = server.Address.AbsolutePath + "events";
        using var first = new EventReader(server.Address);
        TcpClient[] many =
        [
            .. Enumerable.Range(0, WatchServer.MaxConnections + 20).Select(_ => RawHttp.Send(server.Address, events)),
        ];
        run.Log(Line(21, 0.0625));
        first.WaitFor("overview", "0.0625");
        Array.ForEach(many, client => client.Dispose());
        run.Log(Line(22, 0.03125));
        first.WaitFor("overview", "0.03125");
        using var later = new EventReader(server.Address);
        later.WaitFor("overview", "0.03125");
    }

    private static void WriteLog(RecordedRun run, int steps)
    {
        using StreamWriter log = File.CreateText(run.At("metrics.jsonl"));
        var noise = new Random(1);
        for (int step = 1; step <= steps; step++)
            log.WriteLine(Line(step, (2000.0 / (step + 1000)) + (0.2 * noise.NextDouble())));
    }

    private static string Line(int step, double loss) =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"step":{{step}},"loss":{{loss:R}},"learningRate":0.1}""");
}
