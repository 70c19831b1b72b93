using Evenkeel.Data.Formats;
using Evenkeel.Onnx;
using Evenkeel.Testing.Fuzzing;

namespace Evenkeel.Bench.Hostile;

/// <summary>Whole files that trials start from, in one folder: models of four values and of small images, arrays, an image, configurations.</summary>
internal sealed class HostileBase : IDisposable
{
    /// <summary>Side of the images that the image model takes.</summary>
    public const int Side = 8;

    public HostileBase()
    {
        Folder = Directory.CreateTempSubdirectory("evenkeel-hostile-base-").FullName;
        using (var model = Model.Create(Network.Input(4).Linear(3).BatchNorm().Relu().Linear(2).Build(), 1))
        {
            ModelFile.Save(model, File("model.safetensors"));
            OnnxExport.Save(model, File("model.onnx"));
        }

        Graph images = Network
            .Input(Side, Side, 3)
            .Conv2d(4, 3)
            .BatchNorm()
            .Relu()
            .GlobalAveragePool()
            .Linear(2)
            .Build();
        using (var model = Model.Create(images, 1))
        {
            ModelFile.Save(model, File("images.safetensors"));
            OnnxExport.Save(model, File("images.onnx"));
        }

        using (FileStream x = System.IO.File.Create(File("x.npy")))
            NpyFile.Write(x, [2, 4], [1, 2, 3, 4, 5, 6, 7, 8]);
        System.IO.File.WriteAllBytes(File("1.jpg"), DataTargets.Jpeg.Files[1]);
        System.IO.File.WriteAllBytes(File("1.png"), DataTargets.Png.Files[0]);
        Configure("short.json", 100);
        Configure("long.json", 100_000_000);
    }

    /// <summary>Where they are.</summary>
    public static string Folder { get; private set; } = "";

    public static string File(string name) => Path.Combine(Folder, name);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static void Configure(string name, int steps) =>
        System.IO.File.WriteAllText(
            File(name),
            $$"""
            {
              "network": { "layers": [{ "type": "linear", "units": 20 }, { "type": "sigmoid" }, { "type": "linear", "units": 10 }] },
              "data": { "trainCount": 600, "testCount": 100 },
              "steps": {{steps}}, "logEvery": 10, "evaluateEvery": 50, "checkpointEvery": 50, "threads": 1
            }
            """
        );
}
