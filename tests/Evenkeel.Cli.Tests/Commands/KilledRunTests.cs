using System.Text.Json;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Serialization;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>What a killed process leaves in a run's folder does not stand in the way of going on.</summary>
public sealed class KilledRunTests
{
    [Fact]
    public void A_run_without_a_checkpoint_begins_again_with_a_note_and_gives_the_same_values()
    {
        using var work = new Workspace();
        string straight = work.Train("straight"),
            killed = work.Train("killed");
        // As if it had been killed between its first evaluation and its first checkpoint.
        foreach (string file in Directory.GetFiles(Path.Combine(killed, "checkpoints")))
        {
            if (!file.EndsWith("best.safetensors", StringComparison.Ordinal))
                File.Delete(file);
        }

        Outcome outcome = Shell.Run("train", "--resume", killed).Expect(0);
        Assert.Contains(
            $"{killed}: the run was stopped before its first checkpoint, so it starts again at its first step.",
            outcome.Error,
            StringComparison.Ordinal
        );
        SameTensors.Check(straight, killed, "last.safetensors");
        Assert.Equal(
            File.ReadAllText(Path.Combine(straight, "metrics.jsonl")),
            File.ReadAllText(Path.Combine(killed, "metrics.jsonl"))
        );
        Assert.Single(Directory.GetFiles(Path.Combine(killed, "tensorboard")));
        JsonElement record = JsonDocument.Parse(File.ReadAllText(Path.Combine(killed, "run.json"))).RootElement;
        Assert.Equal(0, record.GetProperty("resumed")[0].GetProperty("step").GetInt64());
    }

    [Fact]
    public void It_begins_with_the_weights_that_it_was_given()
    {
        using var work = new Workspace();
        string init = $"init={Path.Combine(work.Train("first"), "checkpoints", "last.safetensors")}";
        string straight = work.Train("straight", "--set", init),
            killed = work.Train("killed", "--set", init);
        Directory.Delete(Path.Combine(killed, "checkpoints"), recursive: true);
        Shell.Run("train", "--resume", killed).Expect(0);
        SameTensors.Check(straight, killed, "last.safetensors");
    }

    [Fact]
    public void Files_that_were_not_finished_are_removed()
    {
        using var work = new Workspace();
        string run = work.Train("run");
        string[] leavings =
        [
            Path.Combine(run, $"run.json.{int.MaxValue}-aa{AtomicFile.TemporarySuffix}"),
            Path.Combine(run, "checkpoints", $"last.safetensors.{int.MaxValue}-bb{AtomicFile.TemporarySuffix}"),
        ];
        foreach (string file in leavings)
            File.WriteAllText(file, "part");
        Shell.Run("train", "--resume", run).Expect(0);
        Assert.DoesNotContain(leavings, File.Exists);
    }

    [Fact]
    public void A_folder_in_which_no_run_began_is_free()
    {
        using var work = new Workspace();
        Directory.CreateDirectory(work.File("run"));
        File.WriteAllText(work.File("run", "run.lock"), "");
        File.WriteAllText(work.File("run", $"run.json.{int.MaxValue}-aa{AtomicFile.TemporarySuffix}"), "part");
        work.Train("run");
        Assert.True(File.Exists(work.File("run", "run.json")));
    }
}
