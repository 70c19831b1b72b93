using Evenkeel.Layers;

namespace Evenkeel.Onnx.Tests;

public sealed class TorchNetworkTests
{
    [Theory]
    [MemberData(nameof(TorchNetwork.Names), MemberType = typeof(TorchNetwork))]
    public void What_PyTorch_exports_gives_what_PyTorch_gives(string name)
    {
        var torch = new TorchNetwork(name);
        using OnnxModel imported = OnnxModel.Load(torch.ModelPath);
        Assert.Equal(("image", "scores"), (imported.InputName, imported.OutputName));
        Assert.Equal(torch.IsNormalized, imported.Model.Graph.Nodes.Any(n => n.Layer is BatchNorm));
        Assert.InRange(torch.Difference(imported.Model), 0, TorchNetwork.Tolerance);
    }

    [Theory]
    [MemberData(nameof(TorchNetwork.Names), MemberType = typeof(TorchNetwork))]
    public void And_still_does_when_folded_and_written_again(string name)
    {
        var torch = new TorchNetwork(name);
        using var folder = new TemporaryFolder();
        using OnnxModel imported = OnnxModel.Load(torch.ModelPath);
        using Model folded = imported.Model.FoldBatchNorm();
        Assert.Equal(torch.Stays, imported.Model.PlanFolding().Count(d => !d.Folds));
        Assert.InRange(torch.Difference(folded), 0, TorchNetwork.Tolerance);
        foreach (BatchNormExport mode in (BatchNormExport[])[BatchNormExport.Keep, BatchNormExport.Fold])
        {
            string path = folder.File($"{mode}.onnx");
            OnnxExport.Save(imported.Model, path, new OnnxExportOptions { BatchNorm = mode });
            using OnnxModel again = OnnxModel.Load(path);
            Assert.Equal(
                torch.IsNormalized && mode == BatchNormExport.Keep,
                again.Model.Graph.Nodes.Any(n => n.Layer is BatchNorm)
            );
            Assert.InRange(torch.Difference(again.Model), 0, TorchNetwork.Tolerance);
        }
    }
}
