using System.Buffers.Binary;
using System.IO.Compression;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data.Formats;
using Evenkeel.Onnx;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>Data that is made to hurt: one line, or one image left out of many; never a hang, and no memory for what is not there.</summary>
public sealed class HostileDataTests : IDisposable
{
    private const int Patience = 60_000;
    private const int Width = 5;
    private const int Megabyte = 1 << 20;
    private readonly Workspace _work = new();
    private readonly string _model;

    public HostileDataTests()
    {
        _model = _work.File("m.onnx");
        using Model model = Model.Create(Network.Input(Width).Linear(4).BatchNorm().Relu().Linear(3).Build(), 1);
        OnnxExport.Save(model, _model);
    }

    public void Dispose() => _work.Dispose();

    [Fact(Timeout = Patience)]
    public Task Training_leaves_out_pipes_devices_and_images_of_gigabytes() =>
        Task.Run(() =>
        {
            string folder = ImageFiles.Create(_work.File("data"), 25, "cat", "dog");
            Pipe.Make(Path.Combine(folder, "train", "cat", "pipe.jpg"));
            File.CreateSymbolicLink(Path.Combine(folder, "train", "cat", "zero.png"), "/dev/zero");
            ImageFiles.Write(folder, "train/dog/large.jpg", Sized(65_000, []));
            // Behind a marker without a body, where a reader that expects one sees another size.
            ImageFiles.Write(folder, "train/dog/hidden.jpg", Sized(65_000, [0xFF, 0xD0]));
            Outcome outcome = Shell
                .Run(
                    "train",
                    _work.Write("images.json", ImageFiles.Small),
                    "--out",
                    _work.File("run"),
                    "--data",
                    folder,
                    "--set",
                    "data.trainCount=null",
                    "data.testCount=null",
                    "data.classes=null"
                )
                .Expect(0);
            string left = Assert.Single(
                outcome.Error.Split('\n'),
                l => l.Contains("left out: 4:", StringComparison.Ordinal)
            );
            foreach (string name in (string[])["pipe.jpg", "zero.png", "hidden.jpg"])
                Assert.Contains(name, left, StringComparison.Ordinal);
        });

    [Theory(Timeout = Patience)]
    [InlineData("run", "--output-dir", "nowhere", "--input")]
    [InlineData("eval", "--data")]
    [InlineData("diagnose", "--data")]
    public Task A_pipe_as_data_is_one_line(string verb, params string[] options) =>
        Task.Run(() =>
        {
            string pipe = Pipe.Make(_work.File("pipe"));
            foreach (string source in (string[])[pipe, "/dev/zero"])
            {
                string line = Shell.Run([verb, _model, .. options, source]).ErrorLine;
                Assert.Contains(source, line, StringComparison.Ordinal);
                Assert.Contains("only regular files are read", line, StringComparison.Ordinal);
            }
        });

    [Fact]
    public void Of_an_archive_only_what_is_asked_for_is_read()
    {
        string archive = Archive(("other", 4 * Megabyte), ("input", 2), ("more", 4 * Megabyte));
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Shell.Run("run", _model, "--input", archive, "--output-dir", _work.File("out")).Expect(0);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 60 * Megabyte);
        Assert.Equal([2, 3], NpyFile.Read(Directory.GetFiles(_work.File("out")).Single()).Dimensions);
    }

    [Fact]
    public void An_array_of_another_shape_is_refused_by_its_header()
    {
        string path = _work.File("x.npz");
        using (ZipArchive zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using Stream entry = zip.CreateEntry("x.npy", CompressionLevel.Fastest).Open();
            NpyFile.Write(entry, [4 * Megabyte, 2], new float[8 * Megabyte]);
        }

        long before = GC.GetTotalAllocatedBytes(precise: true);
        string line = Shell.Run("eval", _model, "--data", path).Expect(2).ErrorLine;
        Assert.Contains("the array is [4194304, 2], but the input", line, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 30 * Megabyte);
    }

    [Fact]
    public void Of_many_arrays_some_are_named()
    {
        string path = Archive([.. Enumerable.Range(0, 5_000).Select(i => ($"array{i}", 1))]);
        string line = Shell.Run("eval", _model, "--data", path).Expect(2).ErrorLine;
        Assert.Contains("'array9' and 4990 more; name one as the input", line, StringComparison.Ordinal);
        Assert.InRange(line.Length, 1, 500);
    }

    [Fact]
    public void The_limit_of_pixels_is_an_option_and_a_field()
    {
        string folder = ImageFiles.Create(_work.File("data"), 20, "cat", "dog"),
            config = _work.Write("images.json", ImageFiles.Small);
        string[] options =
        [
            "--data",
            folder,
            "--set",
            "data.trainCount=null",
            "data.testCount=null",
            "data.classes=null",
            "data.maxPixels=383",
        ];
        string line = Shell.Run(["train", config, "--out", _work.File("run"), .. options]).Expect(1).ErrorLine;
        Assert.Contains("its 24 x 16 pixels are more than the limit of 383", line, StringComparison.Ordinal);
        options[^1] = "data.maxPixels=384";
        Shell.Run(["train", config, "--out", _work.File("run"), .. options]).Expect(0);
        // Its file says the limit that it was trained with.
        Shell.Run("eval", _work.File("run"), "--data", folder).Expect(0);
        string small = Shell.Run("eval", _work.File("run"), "--data", folder, "--max-pixels", "100").Expect(1).Error;
        Assert.Contains("more than the limit of 100,", small, StringComparison.Ordinal);
    }

    private static byte[] Sized(int side, byte[] before)
    {
        byte[] file = ImageFiles.Jpeg;
        int frame = file.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), (ushort)side);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), (ushort)side);
        return [.. file[..2], .. before, .. file[2..]];
    }

    private string Archive(params (string Name, int Examples)[] arrays)
    {
        string path = _work.File("x.npz");
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        float[] values = new float[arrays.Max(a => a.Examples) * Width];
        foreach ((string name, int examples) in arrays)
        {
            using Stream entry = archive.CreateEntry($"{name}.npy", CompressionLevel.Fastest).Open();
            NpyFile.Write(entry, [examples, Width], values.AsSpan(0, examples * Width));
        }

        return path;
    }
}
