using System.Diagnostics;
using Evenkeel.Runs;
using Evenkeel.Testing.Ranks;

namespace Evenkeel.Mpi.Tests;

/// <summary>A run of the tool over ranks, in a folder of its own.</summary>
internal sealed class ToolRun : IDisposable
{
    private const string Endless = """
        {
          "network": {"layers": [{"type": "linear", "units": 12}, {"type": "relu"}, {"type": "linear", "units": 10}], "batchNorm": true},
          "data": {"source": "digits", "trainCount": 130, "testCount": 60},
          "batchSize": 20, "steps": 1000000000, "slices": 6, "seed": 3,
          "logEvery": 1, "evaluateEvery": 0, "checkpointEvery": 3, "histogramEvery": 0, "threads": 1
        }
        """;

    private static readonly string Tool = Path.Combine(AppContext.BaseDirectory, "Evenkeel.Cli.dll");
    private readonly string _folder = Directory.CreateTempSubdirectory("evenkeel-ranks-").FullName;

    public ToolRun() => Configure("run.json");

    /// <summary>The folder of the run.</summary>
    public string Folder => Path.Combine(_folder, "run");

    /// <summary>Its newest checkpoint.</summary>
    public string Last => Path.Combine(Folder, "checkpoints", "last.safetensors");

    /// <summary>The command that begins it.</summary>
    public string[] Train =>
        Command("train", Path.Combine(_folder, "run.json"), "--out", Folder, "--rank-timeout", "3");

    /// <summary>The tool with arguments.</summary>
    public static string[] Command(params string[] args) => ["dotnet", Tool, .. args];

    /// <summary>Writes a configuration of endless training.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="changes">Texts of it, and what stands in their place.</param>
    /// <returns>The file.</returns>
    public string Configure(string name, params (string Old, string New)[] changes)
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllText(file, changes.Aggregate(Endless, (text, change) => text.Replace(change.Old, change.New)));
        return file;
    }

    /// <summary>Runs it on three ranks until something that is done to it after its first checkpoint ends it.</summary>
    public Outcome TrainUntil(string family, Action<Process, RankProcesses> interfere)
    {
        ProcessStartInfo start = MpiLauncher.Family(family).Launch((3, Train));
        var processes = new RankProcesses(start);
        Outcome outcome = MpiLauncher.Run(
            start,
            [],
            launcher =>
            {
                while (!File.Exists(Last) && !launcher.HasExited)
                    Thread.Sleep(20);
                interfere(launcher, processes);
            }
        );
        // Helpers of a launcher outlive it by a moment.
        Assert.True(SpinWait.SpinUntil(() => processes.All.Length == 0, 5000), $"processes are left of {outcome}");
        // The system lets go of the files of a killed process when it has gone.
        string taken = Path.Combine(Folder, "run.lock");
        Assert.True(SpinWait.SpinUntil(() => IsFree(taken), 5000), $"{taken} is held behind {outcome}");
        return outcome;
    }

    private static bool IsFree(string file)
    {
        try
        {
            using var own = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Goes on a few steps in this process, and holds the state against that of a run that was never disturbed.</summary>
    public void RequireSameAfterResume()
    {
        long steps = Checkpoint.StepsDone(Last) + 4;
        RunConfig config = RunConfig.Load(Path.Combine(_folder, "run.json")) with { Steps = steps };
        Assert.True(TrainingRun.Resume(Folder, config).IsDone);
        RunOutcome straight = TrainingRun.Start(config, Path.Combine(_folder, "straight"));
        Assert.Equal(CheckpointValues.Hash(straight.Files.Last), CheckpointValues.Hash(Last));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
