using System.Text.Json.Nodes;
using Evenkeel.Runs;

namespace Evenkeel.Watch.Tests.Support;

/// <summary>The folder of a small run, which a test goes on writing as a process that trains would.</summary>
internal sealed class RecordedRun : IDisposable
{
    /// <summary>What was trained.</summary>
    public const string Config = """
        {
          "network": {
            "layers": [
              {"type": "linear", "units": 12}, {"type": "sigmoid"},
              {"type": "linear", "units": 8}, {"type": "relu"},
              {"type": "linear", "units": 10}
            ],
            "batchNorm": true
          },
          "data": {"source": "digits", "trainCount": 150, "testCount": 60, "validation": 20},
          "batchSize": 20, "lastBatch": "merge", "steps": 20, "learningRate": 0.05, "logEvery": 1,
          "evaluateEvery": 5, "checkpointEvery": 0, "tensorBoard": false, "inspectEvery": 5, "threads": 1
        }
        """;

    private static readonly Lazy<string[]> Trained = new(Train);

    public RecordedRun(string name = "digits-1")
    {
        Folder = Path.Combine(Directory.CreateTempSubdirectory("evenkeel-watch-").FullName, name);
        Directory.CreateDirectory(Folder);
        for (int i = 0; i < Names.Length; i++)
            File.WriteAllText(At(Names[i]), Trained.Value[i]);
    }

    public string Folder { get; }

    private static string[] Names { get; } = ["run.json", "metrics.jsonl", "layers.jsonl"];

    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>Makes it a run at work: without a result, and with a lock.</summary>
    public RecordedRun AtWork()
    {
        JsonNode record = JsonNode.Parse(File.ReadAllText(At("run.json")))!;
        record.AsObject().Remove("result");
        File.WriteAllText(At("run.json"), record.ToJsonString());
        File.WriteAllText(At("run.lock"), "");
        return this;
    }

    public void Log(params string[] lines) => File.AppendAllLines(At("metrics.jsonl"), lines);

    public void Dispose() => Directory.GetParent(Folder)!.Delete(recursive: true);

    private static string[] Train()
    {
        DirectoryInfo parent = Directory.CreateTempSubdirectory("evenkeel-watch-");
        string folder = Path.Combine(parent.FullName, "run");
        TrainingRun.Start(RunConfig.Parse(Config), folder);
        string[] texts = [.. Names.Select(name => File.ReadAllText(Path.Combine(folder, name)))];
        parent.Delete(recursive: true);
        return texts;
    }
}
