using System.IO.Compression;
using System.Text;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;
using Evenkeel.Onnx;
using Evenkeel.Runs.Files;

namespace Evenkeel.Cli.Tests.Files;

/// <summary>Files that are no models, or are not what their names say.</summary>
public sealed class WrongFileTests : IDisposable
{
    private const string Unpack = "give the .onnx or .safetensors file in it";

    private static readonly Dictionary<string, (byte[] Content, string Words)> Wrong = new()
    {
        ["empty.onnx"] = ([], "this is an empty file. Writing it failed"),
        ["old.pth"] = (
            [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC],
            "torch.onnx.export(model.eval(), example_input, 'old.onnx')"
        ),
        ["state.pth"] = (
            Zip("state/data.pkl", "state/data/0"),
            "safetensors.torch.save_file(torch.load('state.pth', weights_only=True), 'state.safetensors')"
        ),
        ["script.pt"] = (
            Zip("m/data.pkl", "m/code/__torch__.py"),
            "torch.onnx.export(torch.jit.load('script.pt').eval(), example_input, 'script.onnx')"
        ),
        ["model.onnx.gz"] = (Gzip([8, 7]), $"(gunzip -k "),
        ["model.zip"] = (Zip("model.onnx"), Unpack),
        ["model.xz"] = ([0xFD, .. "7zXZ\0"u8], Unpack),
        ["model.tar"] = (Tar(), Unpack),
        ["x.npy"] = (Npy(), "this is a NumPy array. Give the model here; arrays are given with --data or --input."),
        ["x.npz"] = (Zip("x.npy"), "this is an archive of NumPy arrays. Give the model here"),
        ["cat.jpg"] = ([0xFF, 0xD8, 0xFF, 0xE0], "images are given with --data or --input"),
        ["cat.onnx"] = ([0x89, .. "PNG\r\n"u8], "this is a PNG image"),
        ["model.h5"] = ([0x89, .. "HDF\r\n"u8], "python -m tf2onnx.convert --keras "),
        ["model.keras"] = (Zip("config.json", "model.weights.h5"), "python -m tf2onnx.convert --keras "),
        ["model.tflite"] = ([0x1C, 0, 0, 0, .. "TFL3\0"u8], "python -m tf2onnx.convert --tflite "),
        ["saved_model.pb"] = ([0x08, 0x01, 0x12, 0x80], "python -m tf2onnx.convert --saved-model "),
        ["frozen.pb"] = ([0x0A, 0x20, 0x0A, 0x05, .. "input"u8], "python -m tf2onnx.convert --graphdef "),
        ["t10k-labels-idx1-ubyte"] = (
            [0, 0, 8, 1, 0, 0, 0, 9, 1],
            "a folder of MNIST's four files is given with --data"
        ),
        ["page.onnx"] = ([.. "\n<!doctype html><html>"u8], "this is a web page. The download is a web page"),
        ["model.xml"] = ([.. "<?xml version='1.0'?><net/>"u8], "OpenVINO models cannot be read"),
        ["pointer.onnx"] = ([.. "version https://git-lfs.github.com/spec/v1\noid"u8], "git lfs pull"),
        ["run.json"] = ([.. "{\"network\": {}}"u8], "Give a configuration to 'evenkeel train'"),
        ["notes.onnx"] = (
            [.. "not a model at all"u8],
            "this is a text file. A model is an .onnx file, or a .safetensors file."
        ),
        ["noise.bin"] = ([1, 2, 3, 4, 5, 6, 7, 8, 9], "this is a file of unknown format"),
    };

    private readonly Workspace _work = new();

    public static TheoryData<string> Names => [.. Wrong.Keys];

    public void Dispose() => _work.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_that_is_no_model_is_recognised_and_says_what_to_do(string name)
    {
        (byte[] content, string words) = Wrong[name];
        File.WriteAllBytes(_work.File(name), content);
        string line = Shell.Run("inspect", _work.File(name)).Expect(1).ErrorLine;
        Assert.StartsWith($"evenkeel: {_work.File(name)}: this is ", line, StringComparison.Ordinal);
        Assert.Contains(words, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_of_file_is_named_and_has_a_case()
    {
        FileKind[] kinds = [.. Wrong.Values.Select(w => Kind(w.Content)).Distinct()];
        FileKind[] models = [FileKind.SafeTensors, FileKind.Onnx, FileKind.OtherImage];
        Assert.Equal(Enum.GetValues<FileKind>().Order(), kinds.Union(models).Order());
        Assert.Equal(
            Enum.GetValues<FileKind>().Length,
            Enum.GetValues<FileKind>().Select(FileWords.Name).Distinct().Count()
        );
    }

    [Theory]
    [InlineData("state.pth", 1, "this is a Python pickle, as PyTorch's torch.save writes it")]
    [InlineData("m.onnx", 2, "is an ONNX file; initial weights are a .safetensors file")]
    public void Initial_weights_in_another_kind_of_file_are_told(string name, int code, string words)
    {
        File.WriteAllBytes(_work.File("state.pth"), Wrong["state.pth"].Content);
        using Model model = Model.Create(Network.Input(5).Linear(4).Build(), 1);
        OnnxExport.Save(model, _work.File("m.onnx"));
        string[] train = ["train", _work.Config, "--out", _work.File("run"), "--set", $"init={_work.File(name)}"];
        Assert.Contains(words, Shell.Run(train).Expect(code).ErrorLine, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("train")]
    [InlineData("plan")]
    public void A_model_in_the_place_of_a_configuration_is_told(string verb)
    {
        using Model model = Model.Create(Network.Input(5).Linear(4).Build(), 1);
        ModelFile.Save(model, _work.File("m.safetensors"));
        string line = Shell.Run(verb, _work.File("m.safetensors")).Expect(2).ErrorLine;
        Assert.EndsWith(
            "m.safetensors: this is a safetensors file; a configuration is JSON.",
            line,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_folder_of_TensorFlow_and_another_folder_are_told()
    {
        Directory.CreateDirectory(_work.File("tf"));
        string line = Shell.Run("inspect", _work.File("tf")).Expect(2).ErrorLine;
        Assert.Contains("this is a folder, but not a run with a checkpoint", line, StringComparison.Ordinal);
        File.WriteAllBytes(_work.File("tf", "saved_model.pb"), [0x08, 0x01, 0x12]);
        line = Shell.Run("inspect", _work.File("tf")).Expect(2).ErrorLine;
        Assert.Contains($"--saved-model {_work.File("tf")} --output", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_renamed_model_is_read_by_its_content_with_a_note()
    {
        using Model model = Model.Create(Network.Input(5).Linear(4).BatchNorm().Build(), 1);
        ModelFile.Save(model, _work.File("a.safetensors"));
        OnnxExport.Save(model, _work.File("b.onnx"));
        File.Move(_work.File("a.safetensors"), _work.File("a.onnx"));
        File.Move(_work.File("b.onnx"), _work.File("b.safetensors"));
        Outcome tensors = Shell.Run("inspect", _work.File("a.onnx"), "--json").Expect(1);
        Outcome onnx = Shell.Run("inspect", _work.File("b.safetensors"), "--json").Expect(1);
        Assert.Equal("a.onnx is a safetensors file by its content, and was read as one.", Note(tensors));
        Assert.Equal("b.safetensors is an ONNX file by its content, and was read as one.", Note(onnx));
        Assert.Equal($"note: {Note(tensors)}", tensors.ErrorLine);
    }

    private static string Note(Outcome outcome) =>
        Assert.Single(outcome.Json.GetProperty("notes").EnumerateArray()).GetString()!;

    private FileKind Kind(byte[] content)
    {
        File.WriteAllBytes(_work.File("file"), content);
        return FileSignature.Of(_work.File("file"));
    }

    private static byte[] Zip(params string[] names)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string name in names)
            {
                using Stream entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.ASCII.GetBytes(name));
            }
        }

        return stream.ToArray();
    }

    private static byte[] Gzip(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(content);
        return stream.ToArray();
    }

    private static byte[] Tar()
    {
        byte[] file = new byte[512];
        "ustar"u8.CopyTo(file.AsSpan(257));
        return file;
    }

    private static byte[] Npy()
    {
        using var stream = new MemoryStream();
        NpyFile.Write(stream, [1], [2]);
        return stream.ToArray();
    }
}
