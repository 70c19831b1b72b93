using Evenkeel.Testing.Ranks;

namespace Evenkeel.Mpi.Tests;

/// <summary>However a rank of the tool fails, all end soon, one line says why, and the run goes on to the same bits.</summary>
public sealed class ToolFaultTests
{
    // Others end in ways of their own.
    public static TheoryData<string> Families => ["Open MPI", "MPICH"];

    [Theory]
    [MemberData(nameof(Families))]
    public void A_stopped_rank_is_named_and_the_state_saved(string family)
    {
        using var run = new ToolRun();
        Outcome outcome = run.TrainUntil(
            family,
            (_, processes) => RankProcesses.Send(processes.Of(1)!.Value, Signal.Stop)
        );
        Assert.True(outcome.Code == 3, outcome.ToString());
        Assert.Matches(
            @"^evenkeel: rank 1 has not reached step \d+, .+, for 3 s and does not answer\. "
                + @"Training stopped after step \d+ of \d+; its state is saved; resume with: .* train --resume .*$",
            Line(outcome)
        );
        run.RequireSameAfterResume();
    }

    [Fact]
    public void A_stopped_first_rank_is_named_by_another()
    {
        using var run = new ToolRun();
        Outcome outcome = run.TrainUntil(
            "Open MPI",
            (_, processes) => RankProcesses.Send(processes.Of(0)!.Value, Signal.Stop)
        );
        Assert.NotEqual(0, outcome.Code);
        string[] lines = Lines(outcome);
        const string Named = @"^evenkeel: rank 0 has not reached step \d+, .+, for 3 s and does not answer$";
        Assert.Matches(Named, lines[0]);
        // Another rank may say the same. The launcher wakes the first rank in order to end it, which may save its state first, and says so.
        Assert.All(lines[1..], line => Assert.Matches($"{Named}|its state is saved", line));
        run.RequireSameAfterResume();
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_killed_rank_ends_all(string family)
    {
        using var run = new ToolRun();
        Outcome outcome = run.TrainUntil(
            family,
            (_, processes) => RankProcesses.Send(processes.Of(1)!.Value, Signal.Kill)
        );
        Assert.NotEqual(0, outcome.Code);
        run.RequireSameAfterResume();
    }

    // Its own code is not held to anything: MPICH's returns 0 where it ends before it has heard how its ranks ended.
    [Theory]
    [MemberData(nameof(Families))]
    public void A_launcher_that_is_told_to_end_lets_the_first_rank_save(string family)
    {
        using var run = new ToolRun();
        Outcome outcome = run.TrainUntil(family, (launcher, _) => RankProcesses.Send(launcher.Id, Signal.Terminate));
        Assert.Contains("stopped after step ", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Open MPI", "network or plan", "\"units\": 12", "\"units\": 13")]
    [InlineData("MPICH", "training data", "\"trainCount\": 130", "\"trainCount\": 131")]
    public void Another_configuration_or_other_data_on_a_rank_is_named(
        string family,
        string what,
        string here,
        string there
    )
    {
        using var run = new ToolRun();
        string other = run.Configure("other.json", (here, there));
        Outcome outcome = MpiLauncher.Run(
            MpiLauncher.Family(family).Launch((1, run.Train), (1, ToolRun.Command("train", other))),
            []
        );
        Assert.True(outcome.Code == 1, outcome.ToString());
        Assert.Equal(
            $"evenkeel: rank 1 of 2 differs from rank 0 in its {what}; start all ranks with the same configuration and files",
            Line(outcome)
        );
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void What_all_ranks_refuse_is_said_once_with_the_code_of_one_process(string family)
    {
        Outcome outcome = MpiLauncher.Run(
            MpiLauncher.Family(family).Launch((3, ToolRun.Command("train", "none.json"))),
            []
        );
        Assert.True(outcome.Code == 2, outcome.ToString());
        Assert.Equal("evenkeel: none.json: the configuration file does not exist.", Line(outcome));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_missing_library_is_said_once_on_a_machine(string family)
    {
        using var run = new ToolRun();
        // The rank that speaks is the last to start; the launcher may end it as soon as another has ended.
        string[] late = ["sh", "-c", "sleep 1; exec \"$@\"", "sh", .. run.Train];
        Outcome outcome = MpiLauncher.Run(
            MpiLauncher.Family(family).Launch((1, late), (2, run.Train)),
            [("EVENKEEL_MPI", "libnone.so.1")]
        );
        Assert.True(outcome.Code == 1, outcome.ToString());
        Assert.StartsWith(
            "evenkeel: no MPI library: libnone.so.1 cannot be opened; install one, such as Debian's openmpi-bin or mpich",
            Line(outcome),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_full_disk_of_the_first_rank_ends_all_as_it_ends_one(string family)
    {
        using var run = new ToolRun();
        using SmallDisk disk = SmallDisk.Mount(run.Folder + "-disk", "200k");
        string folder = Path.Combine(disk.Folder, "run"),
            last = Path.Combine(folder, "checkpoints", "last.safetensors"),
            config = run.Configure("full.json", ("1000000000", "60"));
        Outcome outcome = MpiLauncher.Run(
            MpiLauncher
                .Family(family)
                .Launch((3, ToolRun.Command("train", config, "--out", folder, "--rank-timeout", "3"))),
            [],
            launcher =>
            {
                while (!File.Exists(last) && !launcher.HasExited)
                    Thread.Sleep(5);
                disk.Fill();
            }
        );
        Assert.True(outcome.Code == 1, outcome.ToString());
        Assert.Matches(
            @"^evenkeel: Training ended after step 60 of 60; its state is not saved: .*"
                + @"The last good checkpoint is .*, of step \d+; steps after it are lost; resume with: .*$",
            Line(outcome)
        );
        Assert.NotEmpty(CheckpointValues.Hash(last));
    }

    // The tool's own, beside notes and what launchers add.
    private static string Line(Outcome outcome) => Assert.Single(Lines(outcome));

    private static string[] Lines(Outcome outcome) =>
        [
            .. outcome
                .Error.Split('\n', StringSplitOptions.TrimEntries)
                .Where(line => line.StartsWith("evenkeel:", StringComparison.Ordinal)),
        ];
}
