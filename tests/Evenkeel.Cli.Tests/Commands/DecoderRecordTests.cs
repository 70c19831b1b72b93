using System.Text.Json.Nodes;
using Evenkeel.Cli.Tests.Support;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>Which decoder read JPEG files: asked for, noted, and told where a run goes on with another.</summary>
public sealed class DecoderRecordTests : IDisposable
{
    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void A_run_notes_its_decoder_and_says_when_it_goes_on_with_another()
    {
        Train("run", "data.decoder=managed").Expect(0);
        JsonNode record = Record("run");
        Assert.Equal("managed", record["config"]!["data"]!["decoder"]!.GetValue<string>());
        Assert.Equal("managed", record["jpegDecoder"]!.GetValue<string>());
        Assert.DoesNotContain("decoded by", Resume("16").Expect(0).Error, StringComparison.Ordinal);

        // As if it had gone on at a machine that has the library, and comes back.
        record = Record("run");
        record["resumed"]![0]!["jpegDecoder"] = "libjpeg-turbo";
        _work.Write("run/run.json", record.ToJsonString());
        string told = Resume("20").Expect(0).Error;
        Assert.Contains("its JPEG files were decoded by libjpeg-turbo (now managed)", told, StringComparison.Ordinal);
        Assert.Equal("managed", Record("run")["resumed"]![1]!["jpegDecoder"]!.GetValue<string>());

        string line = Resume("24", "data.decoder=fastest").Expect(2).ErrorLine;
        Assert.Contains("cannot change when a run is resumed", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_decoders_train_alike_and_no_files_need_none()
    {
        Train("managed", "data.decoder=managed").Expect(0);
        Train("fastest", "data.decoder=fastest").Expect(0);
        Assert.Contains(Record("fastest")["jpegDecoder"]!.GetValue<string>(), new[] { "libjpeg-turbo", "managed" });
        SameTensors.Check(_work.File("managed"), _work.File("fastest"), "last.safetensors");
        Shell.Run("train", _work.File("images.json"), "--out", _work.File("shapes")).Expect(0);
        Assert.Null(Record("shapes")["jpegDecoder"]);
    }

    private Outcome Train(string run, string set) =>
        Shell.Run(
            "train",
            _work.Write("images.json", ImageFiles.Small),
            "--out",
            _work.File(run),
            "--data",
            ImageFiles.Create(_work.File("data"), 10, "cat", "dog"),
            "--set",
            "data.trainCount=null",
            "data.testCount=null",
            "data.classes=null",
            set
        );

    private Outcome Resume(string steps, params string[] sets) =>
        Shell.Run([
            "train",
            "--resume",
            _work.File("run"),
            "--steps",
            steps,
            .. sets.SelectMany(s => new[] { "--set", s }),
        ]);

    private JsonNode Record(string run) => JsonNode.Parse(File.ReadAllText(_work.File(run, "run.json")))!;
}
