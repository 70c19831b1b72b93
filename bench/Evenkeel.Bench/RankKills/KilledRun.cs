using System.Diagnostics;
using Evenkeel.Testing.Ranks;

namespace Evenkeel.Bench.RankKills;

/// <summary>A short run of the tool with many checkpoints, begun and gone on with any number of times.</summary>
internal sealed class KilledRun : IDisposable
{
    // As the documentation promises.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    private static readonly string Tool = RepositoryFolder.Of(
        "src",
        "Evenkeel.Cli",
        "bin",
        "Release",
        "net10.0",
        "Evenkeel.Cli.dll"
    );

    private readonly string _work = Directory.CreateTempSubdirectory("evenkeel-kills-").FullName;
    private readonly RightCheckpoints _right;
    private long _steps;

    /// <summary>Runs it once from its begin to its end, in one process and with all its checkpoints.</summary>
    public KilledRun()
    {
        string folder = Path.Combine(_work, "straight");
        using Process process = Process.Start(
            MpiFamily.WithVariables(new ProcessStartInfo("dotnet", Train(folder, 1_000_000)))
        )!;
        RequireGood(process, Said(process));
        _right = new RightCheckpoints(CheckpointsOf(folder));
    }

    /// <summary>Checkpoints that were held against those of the undisturbed run.</summary>
    public int CheckpointsHeld => _right.Held;

    private string Folder => Path.Combine(_work, "run");

    private string Last => Path.Combine(CheckpointsOf(Folder), "last.safetensors");

    /// <summary>Forgets what was run before.</summary>
    public void Clear()
    {
        _steps = 0;
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Begins or goes on, kills a rank, and looks at what is left.</summary>
    /// <returns>Whether it was killed; otherwise the run has come to its end before.</returns>
    /// <exception cref="InvalidDataException">A checkpoint is lost or damaged, or has other bits.</exception>
    /// <exception cref="InvalidOperationException">The run failed by itself, or did not end when its rank was killed.</exception>
    public bool Go(RankKill kill)
    {
        string[] args = File.Exists(Last) ? [Tool, "train", "--resume", Folder] : Train(Folder, 3);
        ProcessStartInfo start = kill.Family.Launch((kill.Ranks, ["dotnet", .. args]));
        var processes = new RankProcesses(start);
        using Process launcher = Process.Start(start)!;
        Task<string> said = Said(launcher);
        long end = _steps + kill.Steps;
        while (NewestStep() < end && !launcher.WaitForExit(Poll)) { }
        int? victim = launcher.WaitForExit(kill.Delay) ? null : processes.Of(kill.Victim);
        if (victim is { } process)
        {
            Look();
            RankProcesses.Send(process, Signal.Kill);
            RequireEnd(launcher, processes);
        }
        else
        {
            RequireGood(launcher, said);
        }

        Look();
        _right.RequireSame(CheckpointsOf(Folder));
        return victim is not null;
    }

    public void Dispose() => Directory.Delete(_work, recursive: true);

    private static string CheckpointsOf(string folder) => Path.Combine(folder, "checkpoints");

    // Both must be read, or a process that says much waits.
    private static Task<string> Said(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        return output.ContinueWith(said => said.Result + error.Result, TaskScheduler.Default);
    }

    private static void RequireGood(Process process, Task<string> said)
    {
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(
                $"The run failed by itself, exit code {process.ExitCode}: {said.Result}"
            );
    }

    // Helpers of a launcher outlive it by a moment, and ranks must not write once the run goes on.
    private static void RequireEnd(Process launcher, RankProcesses processes)
    {
        if (launcher.WaitForExit(LongestEnd) && SpinWait.SpinUntil(() => processes.All.Length == 0, LongestEnd))
            return;
        launcher.Kill(entireProcessTree: true);
        throw new InvalidOperationException($"Not all ranks ended within {LongestEnd.TotalSeconds} s.");
    }

    private long NewestStep() => File.Exists(Last) ? Checkpoint.StepsDone(Last) : 0;

    // Steps of the newest checkpoint never go back.
    private void Look()
    {
        long steps = NewestStep();
        if (steps < _steps)
            throw new InvalidDataException($"The newest checkpoint went from step {_steps} back to {steps}.");
        _steps = steps;
    }

    private static string[] Train(string folder, int keep)
    {
        string file = folder + ".json";
        File.WriteAllText(
            file,
            $$"""
            {
              "network": {"layers": [{"type": "linear", "units": 12}, {"type": "relu"}, {"type": "linear", "units": 10}], "batchNorm": true},
              "data": {"source": "digits", "trainCount": 130, "testCount": 60},
              "batchSize": 24, "steps": 1000, "slices": 12, "seed": 3, "checkpointEvery": 10, "keepCheckpoints": {{keep}},
              "logEvery": 1, "evaluateEvery": 200, "histogramEvery": 0, "threads": 1
            }
            """
        );
        return [Tool, "train", file, "--out", folder];
    }
}
