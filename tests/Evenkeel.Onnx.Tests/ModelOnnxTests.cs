namespace Evenkeel.Onnx.Tests;

public sealed class ModelOnnxTests
{
    [Fact]
    public void A_model_comes_back_from_its_onnx_file()
    {
        using var folder = new TemporaryFolder();
        using Model model = Model.Create(Network.Input(4).Linear(3).BatchNorm().Relu().Linear(2), seed: 5);
        string path = folder.File("model.onnx");
        OnnxExportResult written = model.SaveOnnx(path);
        using Model read = Model.LoadOnnx(path);
        Assert.Equal(model.Graph.OutputShape, read.Graph.OutputShape);
        // The folded network computes the same in another order.
        Assert.InRange(written.LargestDifference, 0, 1e-5);
    }
}
