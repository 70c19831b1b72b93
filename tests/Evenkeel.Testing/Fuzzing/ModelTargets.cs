using System.Collections.Immutable;
using System.Text;
using Evenkeel.Configuration;
using Evenkeel.Onnx;
using Evenkeel.Serialization;
using Evenkeel.Testing.Fuzzing.Structure;
using Evenkeel.Testing.Networks;

namespace Evenkeel.Testing.Fuzzing;

/// <summary>Readers of models: what is read is planned and run once, if it is small.</summary>
public static class ModelTargets
{
    // Values times parameters, about what one prediction computes: what is run beyond is work that was asked for, and no fault.
    private const double MostWork = 1 << 28;

    // So low that what is allowed hides nothing that is not.
    private static readonly OnnxImportOptions Limits = new()
    {
        MaxNodes = 5_000,
        MaxInlinedBytes = 1 << 22,
        MaxFoldedValues = 1 << 16,
        MaxFoldedValuesInAll = 1 << 20,
        MaxValuesPerExample = 1 << 20,
    };

    /// <summary>Network files of others.</summary>
    public static FuzzTarget Onnx { get; } =
        new(
            "onnx",
            [
                Exported(BatchNormExport.Keep),
                Exported(BatchNormExport.Fold),
                FoldingFile.Content(),
                .. Fixtures.Of(".onnx"),
            ],
            path =>
            {
                using OnnxModel model = OnnxModel.Load(path, Limits);
                RunOnce(model.Model);
            },
            e => e is OnnxException
        )
        {
            Damages = [FuzzDamage.Bytes, FuzzDamage.Structure(OnnxDamage.Damage)],
            Beside = new Dictionary<string, byte[]> { [OnnxMeaning.External] = new byte[4096] },
        };

    /// <summary>Our own model files.</summary>
    public static FuzzTarget SafeTensors { get; } =
        new(
            "safetensors",
            [Written(ModelFile.Save)],
            path =>
            {
                using Model model = ModelFile.LoadDamaged(path);
                RunOnce(model);
            },
            IsModelError
        )
        {
            Damages = [FuzzDamage.Bytes, FuzzDamage.Structure(SafeTensorsDamage.Damage)],
        };

    /// <summary>Networks as JSON.</summary>
    public static FuzzTarget Network { get; } =
        new(
            "network",
            [.. Graphs().Select(g => Encoding.UTF8.GetBytes(GraphJson.ToText(g)))],
            path =>
            {
                Graph graph = GraphJson.Parse(File.ReadAllText(path), path);
                if (!IsSmall(graph))
                    return;
                using var model = Model.Create(graph, 1);
                RunOnce(model);
            },
            IsModelError
        )
        {
            Damages =
            [
                FuzzDamage.Bytes,
                FuzzDamage.Structure(
                    (file, random) => Encoding.UTF8.GetBytes(JsonDamage.Damage(Encoding.UTF8.GetString(file), random))
                ),
            ],
        };

    private static bool IsModelError(Exception e) =>
        e is SafeTensorsException or ModelFileException or GraphException or ConfigurationException;

    private static bool IsSmall(Graph graph) =>
        graph.Nodes.Sum(n => (double)n.Shape.Count)
            * (1 + graph.Tensors().Sum(t => t.Spec.Dimensions.Aggregate(1.0, (n, d) => n * d)))
        <= MostWork;

    private static void RunOnce(Model model)
    {
        if (!IsSmall(model.Graph))
            return;
        using var predictor = new Predictor(model, 1);
        predictor.Predict(new float[model.Graph.Input.Shape.Count]);
    }

    private static IEnumerable<Graph> Graphs()
    {
        yield return Small();
        for (int seed = 1; seed <= 8; seed++)
        {
            var random = new Random(seed);
            uint Next() => (uint)random.NextInt64(1L << 32);
            yield return new RandomNetwork(
                new NetworkRecipe(
                    [.. Enumerable.Range(0, 16).Select(_ => Next())],
                    [
                        .. Enumerable
                            .Range(0, 6)
                            .Select(_ => Enumerable.Range(0, 20).Select(_ => Next()).ToArray().ToImmutableArray()),
                    ]
                )
            ).Graph;
        }
    }

    private static Graph Small() =>
        Evenkeel.Network.Input(8, 8, 3).Conv2d(4, 3, 1, 1).BatchNorm().Relu().GlobalAveragePool().Linear(3).Build();

    private static byte[] Exported(BatchNormExport form) =>
        Written((model, path) => OnnxExport.Save(model, path, new OnnxExportOptions { BatchNorm = form }));

    private static byte[] Written(Action<Model, string> write)
    {
        string path = Path.GetTempFileName();
        using var model = Model.Create(Small(), 1);
        write(model, path);
        byte[] bytes = File.ReadAllBytes(path);
        File.Delete(path);
        return bytes;
    }
}
