namespace Evenkeel.Cli.Tests.Support;

/// <summary>A folder of its own for one test, with a small configuration to vary.</summary>
internal sealed class Workspace : IDisposable
{
    /// <summary>Two hidden layers with batch normalisation, 130 digits, batches of 20 with the rest merged: six steps an epoch.</summary>
    public const string Small = """
        {
          "network": {
            "layers": [
              {"type": "linear", "units": 12}, {"type": "relu"},
              {"type": "linear", "units": 10}, {"type": "sigmoid"},
              {"type": "linear", "units": 10}
            ],
            "batchNorm": true
          },
          "data": {"source": "digits", "trainCount": 130, "testCount": 60},
          "batchSize": 20,
          "lastBatch": "merge",
          "steps": 20,
          "optimizer": {"type": "sgd", "momentum": 0.9, "learningRate": 0.05},
          "seed": 3,
          "logEvery": 1,
          "evaluateEvery": 5,
          "checkpointEvery": 5,
          "histogramEvery": 10,
          "threads": 1
        }
        """;

    public Workspace()
    {
        Directory.CreateDirectory(Path);
        Config = Write("small.json", Small);
    }

    public string Path { get; } =
        System.IO.Path.Combine(System.IO.Path.GetTempPath(), "evenkeel-cli-" + Guid.NewGuid().ToString("N"));

    /// <summary>The file of <see cref="Small"/>.</summary>
    public string Config { get; }

    public string File(params string[] parts) => System.IO.Path.Combine([Path, .. parts]);

    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    /// <summary>Trains <see cref="Small"/> into a folder, with more options.</summary>
    public string Train(string run, params string[] options)
    {
        Shell.Run(["train", Config, "--out", File(run), .. options]).Expect(0);
        return File(run);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
