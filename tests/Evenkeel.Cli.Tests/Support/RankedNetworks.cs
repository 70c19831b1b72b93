using System.Text.Json.Nodes;

namespace Evenkeel.Cli.Tests.Support;

/// <summary>Configurations of networks that ranks train: a few steps on batches that four slices do not divide.</summary>
internal static class RankedNetworks
{
    // Synchronised, in groups, alone, and renormalised.
    private const string Tied = """
        {"layers": [
          {"type": "linear", "units": 16, "bias": false}, {"type": "batchnorm"}, {"type": "relu"},
          {"type": "linear", "units": 16, "bias": false}, {"type": "batchnorm", "syncGroupSize": 2}, {"type": "relu"},
          {"type": "linear", "units": 16, "bias": false}, {"type": "batchnorm", "syncGroupSize": 1}, {"type": "relu"},
          {"type": "linear", "units": 16, "bias": false}, {"type": "batchnorm", "renorm": {"from": 1, "rMaxAt": 3, "dMaxAt": 3}},
          {"type": "linear", "units": 10}
        ]}
        """;

    private const string Shapes = """
        {"type": "images", "source": "shapes", "size": SIZE, "classes": 6, "trainCount": 30, "testCount": 8, "augment": {"mirror": true}}
        """;

    /// <summary>Network and data by name; of MNIST the files that EVENKEEL_DATA names.</summary>
    public static IReadOnlyDictionary<string, Func<(string Network, string Data)>> All { get; } =
        new Dictionary<string, Func<(string, string)>>
        {
            ["tied"] = () => (Tied, """{"source": "digits", "trainCount": 30, "testCount": 8}"""),
            ["mnist"] = () => ("""{"name": "mnist", "batchNorm": true}""", Mnist()),
            ["resnet20"] = () => ("""{"name": "resnet", "depth": 20, "width": 2}""", Images(8)),
            ["inception"] = () => ("""{"name": "bn-inception", "width": 0.0625, "dropout": 0.2}""", Images(32)),
        };

    /// <summary>Batches of 11, 11 and 8 examples, for two epochs.</summary>
    public static string Configuration(string name)
    {
        (string network, string data) = All[name]();
        return new JsonObject
        {
            ["network"] = JsonNode.Parse(network),
            ["data"] = JsonNode.Parse(data),
            ["batchSize"] = 11,
            ["lastBatch"] = "keep",
            ["epochs"] = 2,
            ["slices"] = 4,
            ["optimizer"] = JsonNode.Parse("""{"type": "nesterov", "learningRate": 0.02}"""),
            ["scaleLearningRate"] = JsonNode.Parse("""{"type": "squareRoot", "baseBatchSize": 32}"""),
            ["clipNorm"] = 5,
            ["logEvery"] = 1,
            ["evaluateEvery"] = 3,
            ["tensorBoard"] = false,
            ["threads"] = 1,
        }.ToJsonString();
    }

    private static string Images(int size) => Shapes.Replace("SIZE", $"{size}", StringComparison.Ordinal);

    private static string Mnist()
    {
        string? root = Environment.GetEnvironmentVariable("EVENKEEL_DATA");
        if (root is null || !Directory.Exists(Path.Combine(root, "mnist")))
            Assert.Skip("EVENKEEL_DATA does not name a folder with mnist/ in it.");
        return new JsonObject
        {
            ["source"] = Path.Combine(root, "mnist"),
            ["trainCount"] = 30,
            ["testCount"] = 8,
        }.ToJsonString();
    }
}
