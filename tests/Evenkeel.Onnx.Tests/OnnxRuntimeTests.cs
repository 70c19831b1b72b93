using Evenkeel.Data.Formats;
using Evenkeel.Testing.Peers;

namespace Evenkeel.Onnx.Tests;

/// <summary>What is exported runs in ONNX Runtime and gives the same.</summary>
public sealed class OnnxRuntimeTests
{
    [Theory]
    [MemberData(nameof(TorchNetwork.Names), MemberType = typeof(TorchNetwork))]
    public void Networks_of_PyTorch_give_what_PyTorch_gives(string name)
    {
        var torch = new TorchNetwork(name);
        using var folder = new TemporaryFolder();
        using OnnxModel imported = OnnxModel.Load(torch.ModelPath);
        foreach (BatchNormExport mode in (BatchNormExport[])[BatchNormExport.Keep, BatchNormExport.Fold])
        {
            string path = folder.File($"{mode}.onnx");
            OnnxExport.Save(imported.Model, path, new OnnxExportOptions { BatchNorm = mode });
            NpyArray x = NpyFile.Read(TorchNetwork.InputPath);
            float[] outputs = FirstOutput(path, new PeerArray([.. x.Dimensions], x.Values));
            Assert.InRange(torch.Difference(outputs), 0, TorchNetwork.Tolerance);
        }
    }

    [Theory]
    [InlineData("mnist")]
    [InlineData("resnet")]
    [InlineData("inception")]
    [InlineData("vgg")]
    [InlineData("lines")]
    [InlineData("volumes")]
    public void Our_networks_give_what_we_give(string network)
    {
        using var folder = new TemporaryFolder();
        using Model model = Samples.Model(Samples.Graph(network));
        using var predictor = new Predictor(model);
        Shape shape = model.Graph.Input.Shape;
        float[] inputs = [.. Enumerable.Range(0, 4 * shape.Count).Select(i => MathF.Sin(0.7f * i))];
        float[] expected = predictor.Predict(inputs);
        bool image = shape.Dimensions.Length > 1;
        int[] dimensions = image ? [4, shape.Channels, .. shape.Dimensions[..^1]] : [4, shape.Count];
        var x = new PeerArray(dimensions, image ? ChannelOrder.ToFirst(inputs, shape) : inputs);
        foreach (BatchNormExport mode in (BatchNormExport[])[BatchNormExport.Keep, BatchNormExport.Fold])
        {
            string path = folder.File($"{mode}.onnx");
            OnnxExport.Save(model, path, new OnnxExportOptions { BatchNorm = mode });
            float[] outputs = FirstOutput(path, x);
            // Float32 in another order through tens of layers, relative to the largest output.
            double tolerance = 1e-4 * expected.Max(Math.Abs);
            Assert.All(expected.Zip(outputs), p => Assert.InRange(p.First - p.Second, -tolerance, tolerance));
        }
    }

    private static float[] FirstOutput(string path, PeerArray input)
    {
        Assert.SkipUnless(OnnxRuntimePeer.IsPresent, OnnxRuntimePeer.HowToGet);
        using var peer = new OnnxRuntimePeer(path);
        return peer.Run(input)[peer.OutputNames[0]].Values;
    }
}
