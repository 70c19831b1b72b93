using System.Text.Json;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;
using Evenkeel.Data.Images;
using Evenkeel.Data.Images.Files;
using Evenkeel.Data.Images.Transforms;
using Evenkeel.Onnx;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>An ONNX model of somebody else's, which says nothing of its data, on image files.</summary>
public sealed class ForeignImageModelTests : IDisposable
{
    private readonly Workspace _work = new();
    private readonly string _model;
    private readonly string _images;

    public ForeignImageModelTests()
    {
        _model = _work.File("m.onnx");
        using Model model = Model.Create(
            Network.Input(12, 12, 3).Conv2d(4, 3, 1, 1).BatchNorm().Relu().GlobalAveragePool().Linear(2).Build(),
            1
        );
        OnnxExport.Save(model, _model);
        _images = ImageFiles.Create(_work.File("images"), 3, "cat", "dog");
    }

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Images_go_in_scaled_as_asked()
    {
        string image = Path.Combine(_images, "test", "cat", "000.jpg");
        JsonElement json = Run(image, "--mean", "0.5,0.4,0.3", "--deviation", "0.2,0.2,0.1");
        Assert.Equal([1, 2], ShapeOf(json, "outputs"));
        Assert.Equal([1, 3, 12, 12], ShapeOf(json, "inputs"));
        float[] scaled = Output();
        Run(WriteScaled(image, [0.5f, 0.4f, 0.3f], [0.2f, 0.2f, 0.1f]));
        // The same numbers up to a rounding of the scaling.
        Assert.All(scaled.Zip(Output()), p => Assert.Equal(p.First, p.Second, 1e-5));
    }

    // The image as an array of 0 to 1, (x - mean) / deviation, channels first.
    private string WriteScaled(string image, float[] mean, float[] deviation)
    {
        var crop = new ResizeAndCenterCrop { Side = 12, ShorterSide = 12 };
        var data = new ImageDataset(EncodedImages.FromFiles([image]), new ImageTransform { Crop = crop });
        float[] pixels = new float[data.InputLength];
        data.Read([0], pixels, new int[1]);
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (pixels[i] - mean[i % 3]) / deviation[i % 3];
        using FileStream file = File.Create(_work.File("x.npy"));
        NpyFile.Write(file, [1, 3, 12, 12], ChannelOrder.ToFirst(pixels, new Shape(12, 12, 3)));
        return file.Name;
    }

    [Fact]
    public void A_folder_of_images_is_a_batch_and_every_image_gets_its_class()
    {
        string folder = Path.Combine(_images, "test", "dog");
        string[] scaling = ["--mean", "0.5,0.5,0.5", "--deviation", "0.2,0.2,0.2"];
        Outcome outcome = Shell
            .Run(["run", _model, "--input", folder, "--output-dir", _work.File("out"), "--resize", "14", .. scaling])
            .Expect(0);
        Assert.Contains("output: [3, 2]", outcome.Out, StringComparison.Ordinal);
        foreach (string file in Directory.EnumerateFiles(folder))
            Assert.Contains(Path.GetFileName(file), outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_known_is_asked_for()
    {
        string image = Path.Combine(_images, "test", "cat", "000.jpg");
        Refused("does not say how its colours are scaled; give mean and deviation", 2, image);
        Refused("--mean and --deviation must be given together", 2, image, "--mean", "0,0,0");
        Refused("--deviation: the numbers must be above 0", 2, image, "--mean", "0,0,0", "--deviation", "1,0,1");
        Refused("--mean: '0;0;0' is not three numbers", 2, image, "--mean", "0;0;0", "--deviation", "1,1,1");
        Refused("none.jpg' does not exist; give", 2, _work.File("none.jpg"), "--mean", "0,0,0", "--deviation", "1,1,1");
        Refused(
            "--resize: it must be 12 or more",
            2,
            image,
            "--mean",
            "0,0,0",
            "--deviation",
            "1,1,1",
            "--resize",
            "8"
        );
        Assert.False(Directory.Exists(_work.File("out")));
    }

    [Fact]
    public void Eval_and_diagnose_take_a_folder_of_classes()
    {
        string[] data =
        [
            "--data",
            Path.Combine(_images, "test"),
            "--mean",
            "0.5,0.5,0.5",
            "--deviation",
            "0.2,0.2,0.2",
        ];
        JsonElement json = Shell.Run(["eval", _model, .. data, "--json"]).Expect(0).Json;
        Assert.Equal(6, json.GetProperty("examples").GetInt32());
        // Six images: statistics of so few are off by chance alone, whatever the model holds.
        Outcome diagnosis = Shell.Run(["diagnose", _model, .. data, "--batch-size", "3", "--json"]).Expect(1);
        Assert.Equal("CannotTell", diagnosis.Json.GetProperty("cause").GetString());
    }

    private JsonElement Run(string image, params string[] options) =>
        Shell
            .Run(["run", _model, "--input", image, "--output-dir", _work.File("out"), "--json", .. options])
            .Expect(0)
            .Json;

    private void Refused(string message, int code, string image, params string[] options)
    {
        Outcome outcome = Shell
            .Run(["run", _model, "--input", image, "--output-dir", _work.File("out"), .. options])
            .Expect(code);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    private float[] Output() => NpyFile.Read(_work.File("out", "output.npy")).Values;

    private static int[] ShapeOf(JsonElement json, string list) =>
        [.. json.GetProperty(list)[0].GetProperty("shape").EnumerateArray().Select(d => d.GetInt32())];
}
