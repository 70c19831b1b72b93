using Evenkeel.Testing.Ranks;

namespace Evenkeel.Bench.RankKills;

/// <summary>All checkpoints of a run that was never disturbed, by their steps.</summary>
/// <param name="folder">Where they are.</param>
internal sealed class RightCheckpoints(string folder)
{
    private readonly Dictionary<long, string> _hashes = Files(folder)
        .DistinctBy(Checkpoint.StepsDone)
        .ToDictionary(Checkpoint.StepsDone, CheckpointValues.Hash);

    /// <summary>How many were held against these.</summary>
    public int Held { get; private set; }

    /// <summary>Requires that the checkpoints of a folder have the same bits.</summary>
    /// <exception cref="InvalidDataException">One is damaged, or has other bits.</exception>
    public void RequireSame(string other)
    {
        foreach (string file in Files(other))
        {
            long step = Checkpoint.StepsDone(file);
            if (CheckpointValues.Hash(file) != _hashes.GetValueOrDefault(step))
                throw new InvalidDataException(
                    $"{Path.GetFileName(file)} of step {step} has other bits than undisturbed."
                );
            Held++;
        }
    }

    private static string[] Files(string folder) => Directory.GetFiles(folder, "*.safetensors");
}
