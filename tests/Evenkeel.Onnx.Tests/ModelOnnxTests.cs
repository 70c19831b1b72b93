using System.Numerics.Tensors;
using Evenkeel.Layers;

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

    [Fact]
    public void A_layer_of_the_programs_own_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var twice = new CustomLayer(
            "twice",
            (x, _, y) => TensorPrimitives.Multiply(x, 2, y),
            (_, _, dy, dx, _) => TensorPrimitives.Multiply(dy, 2, dx)
        );
        using Model model = Model.Create(Network.Input(4).Linear(3).Add(twice, "doubled").Linear(2), seed: 5);
        var error = Assert.Throws<OnnxException>(() => model.SaveOnnx(folder.File("model.onnx")));
        Assert.Contains(
            "Layer 'doubled' is code of this program ('twice'), for which ONNX has no operator; build it from other layers",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.False(File.Exists(folder.File("model.onnx")));
    }
}
