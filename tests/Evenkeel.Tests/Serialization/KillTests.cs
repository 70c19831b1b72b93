using System.Diagnostics;
using Evenkeel.Serialization;

namespace Evenkeel.Tests.Serialization;

public sealed class KillTests
{
    private const int Kills = 20;
    private const int SideBySide = 2;

    [Fact]
    public void The_last_checkpoint_survives_a_kill_at_any_moment()
    {
        int leftovers = 0;
        Parallel.For(
            0,
            SideBySide,
            new ParallelOptions { MaxDegreeOfParallelism = SideBySide },
            lane =>
            {
                using var folder = new TemporaryFolder();
                var random = new Random(lane);
                long reached = 0;
                for (int i = 0; i < Kills / SideBySide; i++)
                {
                    long told = RunAndKill(folder.Path, random);
                    long found = KillChild.Check(folder.File(KillChild.FileName));
                    // The child tells a step after its file took its name: an older file would be a lost write.
                    Assert.True(found >= told && found > reached, $"told {told}, found {found}, before {reached}");
                    reached = found;
                }
                Interlocked.Add(ref leftovers, AtomicFile.Sweep(folder.Path, TimeSpan.Zero));
                Assert.Equal([folder.File(KillChild.FileName)], Directory.GetFiles(folder.Path));
            }
        );
        // A kill that never lands inside a write would prove nothing.
        Assert.InRange(leftovers, 1, Kills);
    }

    private static long RunAndKill(string folder, Random random)
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            start.ArgumentList.Add(typeof(KillTests).Assembly.Location);
        start.Environment[KillChild.FolderVariable] = folder;
        using Process child = Process.Start(start)!;
        string? line = child.StandardOutput.ReadLine();
        long told = long.Parse(line!, System.Globalization.CultureInfo.InvariantCulture);
        Thread.Sleep(random.Next(15));
        child.Kill();
        string rest = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        string[] lines = rest.Split('\n');
        // The last piece may be a torn line; the one before it is whole.
        return lines.Length > 1 ? long.Parse(lines[^2], System.Globalization.CultureInfo.InvariantCulture) : told;
    }
}
