namespace Evenkeel.Runs.Tests;

/// <summary>A folder of its own for the runs of one test.</summary>
internal sealed class RunWorkspace : IDisposable
{
    // Six steps an epoch, so that a stop at step 7 is in the middle of the second one, and between two checkpoints.
    private const string Small = """
        {
          "network": {
            "layers": [{"type": "linear", "units": 12}, {"type": "relu"}, {"type": "linear", "units": 10}],
            "batchNorm": true
          },
          "data": {"source": "digits", "trainCount": 150, "testCount": 60, "validation": 20},
          "batchSize": 20,
          "lastBatch": "merge",
          "steps": 20,
          "optimizer": {"type": "sgd", "momentum": 0.9, "learningRate": 0.05},
          "slices": 2,
          "logEvery": 1,
          "evaluateEvery": 5,
          "checkpointEvery": 5,
          "threads": 1
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("evenkeel-runs-");

    /// <summary>A small network, to vary by <c>with</c>.</summary>
    public static RunConfig Config => RunConfig.Parse(Small);

    /// <summary>A path in the folder.</summary>
    public string File(string name) => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);
}
