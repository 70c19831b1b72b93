using Evenkeel.Testing.Peers;

namespace Evenkeel.Onnx.Tests.TestData;

/// <summary>Every file of <c>cases</c> computes what it says, as it is and with batch normalisation folded.</summary>
public sealed class FileCaseTests
{
    // Float32 through a few layers against double; the cases' outputs are below 20.
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Names => [.. FileCase.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_computes_what_it_says(string name)
    {
        var file = new FileCase(name);
        using OnnxModel model = OnnxModel.Load(file.ModelPath, file.Options);
        float[] expected = file.Expected.Values;
        Close(expected, file.Run(model.Model));
        Close(expected, file.RunFolded(model.Model));
    }

    [Fact]
    public void A_node_in_training_mode_normalises_each_batch_and_a_note_says_so()
    {
        var file = new FileCase("training_mode_one_output");
        using OnnxModel model = OnnxModel.Load(file.ModelPath);
        Close(file.ExpectedOfBatch.Values, file.Run(model.Model));
        Close(file.ExpectedOfBatch.Values, file.RunFolded(model.Model));
        Assert.Contains("outputs depend on the batch", Assert.Single(model.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("line_convolution", "into 'conv' before it")]
    [InlineData("bn_over_lines", "into 'c1' before it", "into 'fc' behind it", "into 'fc' before it")]
    public void All_batch_normalisation_is_folded(string name, params string[] reasons)
    {
        var file = new FileCase(name);
        using OnnxModel model = OnnxModel.Load(file.ModelPath, file.Options);
        Assert.Equal(reasons, model.Model.PlanFolding().Select(d => d.Reason));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void ONNX_Runtime_gives_the_same_of_the_file_and_of_what_is_written_of_it(string name)
    {
        Assert.SkipUnless(OnnxRuntimePeer.IsPresent, OnnxRuntimePeer.HowToGet);
        var file = new FileCase(name);
        using OnnxModel model = OnnxModel.Load(file.ModelPath, file.Options with { Statistics = OnnxStatistics.File });
        float[] found = file.Run(model.Model);
        using var folder = new TemporaryFolder();
        OnnxExport.Save(model.Model, folder.File("kept.onnx"));
        OnnxExport.Save(
            model.Model,
            folder.File("folded.onnx"),
            new OnnxExportOptions { BatchNorm = BatchNormExport.Fold }
        );
        // It asks nodes in training mode for the new running statistics as results, which that file's node does not name.
        string[] given = name == "training_mode_one_output" ? [] : [file.ModelPath];
        foreach (string path in (string[])[.. given, folder.File("kept.onnx"), folder.File("folded.onnx")])
        {
            using var peer = new OnnxRuntimePeer(path);
            Close(
                peer.Run(new PeerArray([.. file.Input.Dimensions], file.Input.Values))[peer.OutputNames[0]].Values,
                found
            );
        }
    }

    private static void Close(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], found[i], Tolerance * Math.Max(1, Math.Abs(expected[i])));
    }
}
