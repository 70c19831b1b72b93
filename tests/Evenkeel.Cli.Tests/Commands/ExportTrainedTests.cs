using Evenkeel.Cli.Models;
using Evenkeel.Cli.Terminal;
using Evenkeel.Cli.Tests.Support;
using Evenkeel.Runs;
using Evenkeel.Runs.Configuration;
using Evenkeel.Testing.Peers;

namespace Evenkeel.Cli.Tests.Commands;

/// <summary>The networks that <c>reproduce</c> trains predict the same in ONNX Runtime, image by image.</summary>
public sealed class ExportTrainedTests : IDisposable
{
    private const int Images = 400;

    private readonly Workspace _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Networks_of_section_4_1()
    {
        string folder = _work.File("mnist");
        Shell.Run(["reproduce", "mnist", "--steps", "300", .. SmallDigits.Options, "--out", folder]).Expect(0);
        foreach (string name in (string[])["with-bn", "without-bn", "with-bn-folded"])
            PredictsTheSame(Path.Combine(folder, $"{name}.safetensors"));
    }

    [Fact]
    public void Networks_of_section_4_2()
    {
        string folder = _work.File("inception");
        string[] scale = ["--width", "0.1", "--steps", "30", "--test-count", $"{Images}"];
        Shell.Run(["reproduce", "inception", .. scale, "--only", "BN-x5", "Inception", "--out", folder]).Expect(0);
        PredictsTheSame(Path.Combine(folder, "bn-x5.safetensors"));
        PredictsTheSame(Path.Combine(folder, "inception.safetensors"));
    }

    private void PredictsTheSame(string path)
    {
        using LoadedModel loaded = LoadedModel.Open(path, ModelReading.ToUse, Context());
        IDataset data = TestData(loaded).Take(Images);
        float[] inputs = data.Inputs();
        using var predictor = new Predictor(loaded.Model);
        int[] expected = Classes(predictor.Predict(inputs));
        Assert.True(expected.Distinct().Count() > 1, "a network that says one class for all proves nothing");
        var layout = new FileLayout(ChannelsFirst: true);
        var x = new PeerArray(
            [data.Count, .. layout.Dimensions(predictor.InputShape)],
            layout.ToFile(inputs, predictor.InputShape)
        );
        Assert.SkipUnless(OnnxRuntimePeer.IsPresent, OnnxRuntimePeer.HowToGet);
        foreach (string mode in (string[])["keep", "fold"])
        {
            Shell.Run("export", path, "--out", _work.File("m.onnx"), "--bn", mode).Expect(0);
            using var peer = new OnnxRuntimePeer(_work.File("m.onnx"));
            Assert.Equal(expected, Classes(peer.Run(x)[peer.OutputNames[0]].Values));
        }
    }

    private static IDataset TestData(LoadedModel loaded) =>
        DataSource.LoadTest(DataConfig.Parse(loaded.Notes[DataConfig.Note], loaded.Path), RunHost.Silent, default);

    private static CommandContext Context() =>
        new(CleanWriter.Over(TextWriter.Null), CleanWriter.Over(TextWriter.Null), Json: false, CancellationToken.None);

    private static int[] Classes(float[] scores) => [.. scores.Chunk(10).Select(s => Array.IndexOf(s, s.Max()))];
}
