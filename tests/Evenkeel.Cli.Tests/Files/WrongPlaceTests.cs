using System.CommandLine;
using System.Diagnostics;
using System.IO.Compression;
using Evenkeel.Cli.Terminal;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Data;
using Evenkeel.Data.Formats;
using Evenkeel.Onnx;

namespace Evenkeel.Cli.Tests.Files;

/// <summary>Folders where files are asked for, files where folders are, nothing at all: told before anything is computed.</summary>
public sealed class WrongPlaceTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    public static TheoryData<string, string> Words
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string verb in CommandTree.Verbs)
            {
                Command command = CommandTree.Find(verb);
                foreach (
                    Option option in command.Options.Where(o =>
                        o.ValueType == typeof(string) || o.ValueType == typeof(string[])
                    )
                )
                    data.Add(verb, option.Name);
            }

            return data;
        }
    }

    [Theory]
    [InlineData("--out", "fold", "MODEL", "--out", "FILE/x.onnx")]
    [InlineData("--out", "export", "MODEL", "--out", "FILE/deeper/x.onnx")]
    [InlineData("--out", "recalibrate", "MODEL", "--out", "FILE/x.safetensors")]
    [InlineData("--picture", "inspect", "MODEL", "--picture", "FILE/x.svg")]
    [InlineData("--output-dir", "run", "MODEL", "--input", "DATA", "--output-dir", "FILE")]
    [InlineData("--output-dir", "run", "MODEL", "--input", "DATA", "--output-dir", "FILE/x")]
    [InlineData("--out", "train", "CONFIG", "--out", "FILE/x")]
    [InlineData("--out", "reproduce", "mnist", "--out", "FILE", "--steps", "1")]
    [InlineData("--out", "reproduce", "repair", "--out", "FILE/x", "--steps", "1")]
    public void A_file_where_a_folder_must_be_is_named(string option, params string[] args)
    {
        string line = Run(args);
        Assert.Equal($"evenkeel: {option}: '{_work.File("file")}' is a file, not a folder; name another place.", line);
        Assert.Equal("text", File.ReadAllText(_work.File("file")));
    }

    [Theory]
    [InlineData("--out: '", "fold", "MODEL", "--out", "FOLDER.onnx")]
    [InlineData("--picture: '", "inspect", "MODEL", "--picture", "FOLDER.onnx")]
    [InlineData("", "plan", "FOLDER.onnx")]
    [InlineData("", "inspect", "FOLDER.onnx")]
    [InlineData("", "bench", "--model", "FOLDER.onnx")]
    public void A_folder_where_a_file_must_be_is_named(string option, params string[] args) =>
        Assert.Matches($"^evenkeel: {option}.*folder.onnx'?.*is a folder", Run(args));

    [Theory]
    [InlineData("EMPTY", "is an empty file; writing it failed. Create or download it again.")]
    [InlineData("ZIP", "is a zip archive without arrays; write it with numpy.savez.")]
    public void Arrays_without_any_are_told(string file, string message)
    {
        Assert.EndsWith(
            message,
            Run("run", "MODEL", "--input", file, "--output-dir", _work.File("out")),
            StringComparison.Ordinal
        );
        Assert.EndsWith(message, Run("eval", "MODEL", "--data", file), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_goes_into_a_pipe_and_a_model_that_is_read_back_does_not()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs mkfifo");
        string pipe = _work.File("pipe.onnx");
        using (var made = Process.Start("mkfifo", [pipe]))
            made.WaitForExit();
        Assert.EndsWith(
            $"'{pipe}' is a named pipe; name a file.",
            Run("export", 1, "MODEL", "--out", pipe),
            StringComparison.Ordinal
        );
        using var reader = Process.Start(new ProcessStartInfo("cat", [pipe]) { RedirectStandardOutput = true })!;
        Task<string> picture = reader.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Shell.Run("inspect", _work.File("m.onnx"), "--picture", pipe).Expect(1);
        Assert.StartsWith("<svg", await picture, StringComparison.Ordinal);
        Assert.Equal("a named pipe", RegularFile.Other(pipe));
    }

    [Theory]
    [MemberData(nameof(Words))]
    public void An_empty_word_is_told_with_its_place(string verb, string option)
    {
        string line = Shell.Run([.. CommandTree.Complete(verb, option), option, ""]).Expect(ExitCode.Usage).ErrorLine;
        Assert.Matches($"^evenkeel: ({option}: it is empty; give a value|Argument '' not recognized)", line);
    }

    [Fact]
    public void Of_many_names_the_first_are_told()
    {
        Assert.Equal("'a', 'b'", NameList.Of(["a", "b"]));
        string[] many = [.. Enumerable.Range(0, 500).Select(i => $"name{i}")];
        Assert.EndsWith(", 'name11' and 488 more", NameList.Of(many), StringComparison.Ordinal);
    }

    private string Run(params string[] args) => Run(args[0], ExitCode.Usage, args[1..]);

    private string Run(string verb, int code, params string[] args)
    {
        _work.Write("file", "text");
        _work.Write("empty.npz", "");
        Directory.CreateDirectory(_work.File("folder.onnx"));
        using (ZipArchive zip = ZipFile.Open(_work.File("zip.npz"), ZipArchiveMode.Update))
            zip.CreateEntry("readme.txt");
        using (var model = Evenkeel.Model.Create(Network.Input(3).Linear(2).BatchNorm().Build(), 1))
            OnnxExport.Save(model, _work.File("m.onnx"));
        using (FileStream data = File.Create(_work.File("data.npy")))
            NpyFile.Write(data, [2, 3], new float[6]);
        string[] replaced =
        [
            .. args.Select(a =>
                a.Replace("FILE", _work.File("file"), StringComparison.Ordinal)
                    .Replace("FOLDER", _work.File("folder"), StringComparison.Ordinal)
                    .Replace("EMPTY", _work.File("empty.npz"), StringComparison.Ordinal)
                    .Replace("ZIP", _work.File("zip.npz"), StringComparison.Ordinal)
                    .Replace("MODEL", _work.File("m.onnx"), StringComparison.Ordinal)
                    .Replace("DATA", _work.File("data.npy"), StringComparison.Ordinal)
                    .Replace("CONFIG", _work.Config, StringComparison.Ordinal)
            ),
        ];
        return Shell.Run([verb, .. replaced]).Expect(code).ErrorLine;
    }
}
