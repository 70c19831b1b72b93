using Evenkeel.Layers;
using Evenkeel.Lowering;

namespace Evenkeel.Onnx.Tests;

/// <summary>Random networks over every layer, written as ONNX and read back.</summary>
public sealed class RandomNetworkTests
{
    private const int Cases = 40;

    [Fact]
    public void A_file_gives_what_the_network_gives_folded_or_not()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("network.onnx");
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                if (!CanBeWritten(network))
                    return;
                using Model model = network.Model();
                float[] inputs = network.Inputs();
                var expected = new ExpectedValues(model, PlanMode.Inference, inputs);
                foreach (BatchNormExport form in Forms(network))
                {
                    OnnxExport.Save(model, path, Options(network) with { BatchNorm = form });
                    using OnnxModel read = OnnxModel.Load(path);
                    Assert.Equal(network.Graph.Results.Length, read.OutputNames.Count);
                    Check(network, expected, read.Model, inputs, $"{form}");
                }
            }
        );
    }

    [Fact]
    public void What_was_read_is_saved_and_read_and_written_again()
    {
        using var folder = new TemporaryFolder();
        (string onnx, string saved, string again) = (
            folder.File("a.onnx"),
            folder.File("b.safetensors"),
            folder.File("c.safetensors")
        );
        NetworkProperty.Holds(
            Cases,
            network =>
            {
                if (!CanBeWritten(network))
                    return;
                using Model model = network.Model();
                float[] inputs = network.Inputs();
                OnnxExport.Save(model, onnx, Options(network));
                using OnnxModel read = OnnxModel.Load(onnx);
                ModelFile.Save(read.Model, saved);
                using Model loaded = ModelFile.Load(saved);
                ModelFile.Save(loaded, again);
                Assert.Equal(File.ReadAllBytes(saved), File.ReadAllBytes(again));
                OnnxExport.Save(loaded, onnx);
                using OnnxModel last = OnnxModel.Load(onnx);
                var expected = new ExpectedValues(model, PlanMode.Inference, inputs);
                Check(network, expected, last.Model, inputs, "from safetensors");
            }
        );
    }

    // No map per channel is what normalises each position on its own, so that folding it is refused.
    private static BatchNormExport[] Forms(RandomNetwork network) =>
        network.Graph.Nodes.Any(n => n.Layer is BatchNorm { PerActivation: true } && n.Shape.Positions > 1)
            ? [BatchNormExport.Keep]
            : [BatchNormExport.Keep, BatchNormExport.Fold];

    // Scales of the nearest pixel are in single precision in the file, so that a place half-way between two pixels may fall to the other one.
    private static bool CanBeWritten(RandomNetwork network) =>
        !network.Graph.Nodes.Any(n => n.Layer is ResizeNearest { ScaleY: > 0 } or ResizeNearest { ScaleX: > 0 });

    // Batch normalisation by the batch is written from opset 14 on.
    private static OnnxExportOptions Options(RandomNetwork network) =>
        new() { Opset = 14 + (int)(network.ValueSeed % (OnnxExportOptions.NewestOpset - 13)) };

    private static void Check(RandomNetwork network, ExpectedValues expected, Model model, float[] inputs, string what)
    {
        using var predictor = new Predictor(model, network.Batch);
        Memory<float>[] outputs = [.. predictor.OutputShapes.Select(s => new float[network.Batch * s.Count])];
        predictor.PredictAll(inputs, outputs);
        for (int i = 0; i < outputs.Length; i++)
            expected.Check(network.Graph.OutputNames[i], outputs[i].Span, what);
    }
}
